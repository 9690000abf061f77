import type { Env } from './args.ts';
import { formatCommand } from './command-line.ts';
import { contexts } from './contexts.ts';
import { UsageError } from './errors.ts';
import { languages } from './languages/index.ts';
import { defaults } from './project.ts';
import { findDefault, templates } from './templates/index.ts';

/**
 * Throws UsageError if npm has swallowed options. Without `--`, npm takes them for its own: it puts them into the
 * environment, and passes on only their values.
 */
export function checkSwallowed(
  values: Readonly<Record<string, unknown>>,
  positionals: readonly string[],
  env: Env,
): void {
  const swallowed = ['language', 'context', 'template'].filter(
    (name) => env[`npm_config_${name}`] !== undefined && values[name] === undefined,
  );
  if (swallowed.length === 0) return;
  throw new UsageError(
    `npm kept ${swallowed.map((name) => `--${name}`).join(' and ')} for itself: options come after "--"`,
    restoreCommand(positionals, env),
  );
}

/** The command that was most likely meant, judging by what npm left of it. */
export function restoreCommand(positionals: readonly string[], env: Env): string {
  const { npm_config_language, npm_config_context, npm_config_template } = env;
  const words = [...positionals, npm_config_language, npm_config_context, npm_config_template];
  const isMeant = ({ id }: Readonly<{ id: string }>) => words.includes(id);
  const language = languages.find(isMeant) ?? defaults.language;
  const context = contexts.find(isMeant) ?? defaults.template.context;
  const template = templates.find(isMeant) ?? findDefault(context);
  const ids = [language, context, template].map(({ id }) => id);
  const directory = positionals.find((word) => !ids.includes(word));
  return formatCommand({ directory, language, template });
}
