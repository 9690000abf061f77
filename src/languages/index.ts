import { assemblyscript } from './assemblyscript.ts';
import type { Language } from './language.ts';
import { rust } from './rust.ts';

export type { Language } from './language.ts';

/** Every language on offer; the first is the default. */
export const languages: readonly [Language, ...Language[]] = [rust, assemblyscript];
