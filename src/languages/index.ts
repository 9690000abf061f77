import { assemblyscript } from './assemblyscript.ts';
import type { Language } from './language.ts';
import { rust } from './rust.ts';

export type { Language } from './language.ts';

/** All languages. The first is the default. */
export const languages: readonly [Language, ...Language[]] = [rust, assemblyscript];
