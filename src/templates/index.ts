import type { Context } from '../contexts.ts';
import { auth } from './auth.ts';
import { body } from './body.ts';
import { hello } from './hello.ts';
import { rateLimit } from './rate-limit.ts';
import { refresh } from './refresh.ts';
import { tcp } from './tcp.ts';
import type { Template } from './template.ts';

export type { Template } from './template.ts';

/** All templates. The first of a context type is its default. */
export const templates: readonly [Template, ...Template[]] = [hello, auth, body, rateLimit, tcp, refresh];

/** The default template of a context type. */
export function findDefault(context: Context): Template {
  const found = templates.find((template) => template.context === context);
  if (found === undefined) throw new Error(`no template has the context type ${context.id}`);
  return found;
}
