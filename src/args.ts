// By default import: a Node that has no parseArgs yet still gets as far as the version gate.
import util from 'node:util';
import { closestMatch } from 'leven';
import { formatCommand } from './command-line.ts';
import { type Context, contexts } from './contexts.ts';
import { UsageError } from './errors.ts';
import { type Language, languages } from './languages/index.ts';
import { defaults } from './project.ts';
import { findDefault, type Template, templates } from './templates/index.ts';

/** The answers that the command line gave; `undefined` is left to be asked. */
export type Flags = Readonly<{
  directory: string | undefined;
  language: Language | undefined;
  context: Context | undefined;
  template: Template | undefined;
  yes: boolean;
}>;

/** What the command line asks for. */
export type Command =
  | Readonly<{ kind: 'create'; flags: Flags }>
  | Readonly<{ kind: 'help' }>
  | Readonly<{ kind: 'version' }>;

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Every option of the command line, for parsing and for the help text. */
export const options = {
  language: { type: 'string', short: 'l', help: 'language of the filter' },
  context: { type: 'string', short: 'c', help: 'context type it starts from' },
  template: {
    type: 'string',
    short: 't',
    help: 'what the filter does to begin with; answers for the context type too',
  },
  yes: { type: 'boolean', short: 'y', help: 'take the defaults for anything omitted' },
  verbose: { type: 'boolean', help: 'show where an error comes from' },
  help: { type: 'boolean', short: 'h', help: 'print this text' },
  version: { type: 'boolean', short: 'V', help: 'print the version' },
} as const;

/**
 * Takes the arguments after the program's name and the environment; gives the command they stand for.
 * Throws UsageError on anything it does not know, and on options that npm has swallowed.
 */
export function parseArgs(argv: readonly string[], env: Env): Command {
  const { values, positionals, tokens } = util.parseArgs({
    // The dashes that npm needs; other managers hand them on.
    args: argv[0] === '--' ? argv.slice(1) : [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) if (token.kind === 'option') checkOption(token);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };

  checkSwallowed(values, positionals, env);
  const [directory, ...rest] = positionals;
  if (rest.length > 0) {
    const given = positionals.map((value) => `"${value}"`).join(', ');
    throw new UsageError(
      `one directory is expected, not ${positionals.length}: ${given}`,
      `with npm, options come after "--"; a name with spaces needs quotes: ${restoreCommand(positionals, env)}`,
    );
  }
  const flags: Flags = {
    directory,
    language: find(values.language, languages, 'language'),
    context: find(values.context, contexts, 'context'),
    template: find(values.template, templates, 'template'),
    yes: values.yes === true,
  };
  checkAgreement(flags);
  return { kind: 'create', flags };
}

function checkAgreement({ context, template }: Flags): void {
  if (context === undefined || template === undefined || template.context === context) return;
  throw new UsageError(
    `template "${template.id}" has the context type ${template.context.id}, not ${context.id}`,
    'leave out --context: the template answers for it',
  );
}

type OptionToken = Readonly<{ name: string; rawName: string; value: string | undefined }>;

function checkOption({ name, rawName, value }: OptionToken): void {
  const option = Object.entries(options).find(([known]) => known === name)?.[1];
  if (option === undefined) {
    const meant = suggest(name, Object.keys(options));
    const all = `${formatCommand({})} --help lists all options`;
    throw new UsageError(`unknown option ${rawName}`, meant ? `did you mean --${meant}? ${all}` : all);
  }
  if (option.type === 'boolean' && value !== undefined) {
    throw new UsageError(`${rawName} takes no value, not "${value}"`, `write ${rawName} alone`);
  }
  if (option.type === 'string' && (value === undefined || value.startsWith('-'))) {
    throw new UsageError(`${rawName} needs a value`, `for example: ${formatCommand(defaults)}`);
  }
}

function find<T extends Readonly<{ id: string }>>(
  value: string | boolean | undefined,
  registry: readonly T[],
  noun: string,
): T | undefined {
  if (value === undefined) return undefined;
  const found = registry.find(({ id }) => id === value);
  if (found !== undefined) return found;
  const ids = registry.map(({ id }) => id);
  const meant = suggest(String(value), ids) ?? ids[0];
  const expected = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(ids);
  throw new UsageError(`unknown ${noun} "${value}", expected ${expected}`, `try --${noun} ${meant}`);
}

function suggest(value: string, known: readonly string[]): string | undefined {
  const begins = value === '' ? undefined : known.find((word) => word.startsWith(value.toLowerCase()));
  return begins ?? closestMatch(value.toLowerCase(), known, { maxDistance: 2 });
}

/** Without `--`, npm keeps our options for itself: the environment has them, the arguments only their values. */
function checkSwallowed(
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

/** The command that was most likely meant by what npm left of it. */
function restoreCommand(positionals: readonly string[], env: Env): string {
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
