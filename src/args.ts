import { parseArgs as parse } from 'node:util';
import { closestMatch } from 'leven';
import { formatCommand } from './command-line.ts';
import { type Context, contexts } from './contexts.ts';
import { UsageError } from './errors.ts';
import { type Language, languages } from './languages/index.ts';
import { checkKept, restoreCommand } from './npm.ts';
import { options } from './options.ts';
import { defaults } from './project.ts';
import { type Shell, shells } from './shells.ts';
import { type Template, templates } from './templates/index.ts';

/** The answers given on the command line. What is `undefined` is prompted for. */
export type Flags = Readonly<{
  directory: string | undefined;
  language: Language | undefined;
  context: Context | undefined;
  template: Template | undefined;
  /** Where a remote template is, as the user wrote it. */
  source: string | undefined;
  /** Whether a remote template may come only from the cache. */
  offline: boolean;
  yes: boolean;
  /** Write nothing. */
  dryRun: boolean;
  /** Print JSON, and do not prompt. */
  json: boolean;
}>;

/** What to do. */
export type Command =
  | Readonly<{ kind: 'create'; flags: Flags }>
  | Readonly<{ kind: 'list' }>
  | Readonly<{ kind: 'completion'; shell: Shell }>
  | Readonly<{ kind: 'help' }>
  | Readonly<{ kind: 'version' }>;

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Parses the arguments after the program's name. Throws UsageError, also for options that npm has kept. */
export function parseArgs(argv: readonly string[], env: Env): Command {
  const { values, positionals, tokens } = parse({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) if (token.kind === 'option') checkOption(token);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };

  checkKept(values, positionals, env);
  const [directory, ...rest] = positionals;
  const shell = find(values.completion, shells, 'completion', 'shell');
  const printing = values.list
    ? ({ kind: 'list' } as const)
    : shell && ({ kind: 'completion', shell } as const);
  if (printing !== undefined) {
    if (directory === undefined) return printing;
    throw new UsageError(`--${printing.kind} takes no directory`, `leave out "${directory}"`);
  }
  if (rest.length > 0) {
    const given = positionals.map((value) => `"${value}"`).join(', ');
    throw new UsageError(
      `expected one directory, got ${positionals.length}: ${given}`,
      `with npm, options come after "--"; a name with spaces needs quotes: ${restoreCommand(values, positionals)}`,
    );
  }
  const source = findSource(values.template);
  const flags: Flags = {
    directory,
    language: find(values.language, languages, 'language'),
    context: find(values.context, contexts, 'context'),
    template: source === undefined ? find(values.template, templates, 'template') : undefined,
    source,
    offline: values.offline === true,
    yes: values.yes === true,
    dryRun: values['dry-run'] === true,
    json: values.json === true,
  };
  checkAgreement(flags);
  return { kind: 'create', flags };
}

/** The value of `--template` if it has the shape of a path, a URL or a repository. An id of ours never has. */
export function findSource(value: unknown): string | undefined {
  return typeof value === 'string' && /^[.~]|[/\\:]/.test(value) ? value : undefined;
}

function checkAgreement({ language, context, template, source }: Flags): void {
  if (source !== undefined && (language ?? context) !== undefined) {
    throw new UsageError(
      `--${language ? 'language' : 'context'} does not apply to the remote template "${source}"`,
      'leave it out: the template itself determines its language and its context type',
    );
  }
  if (context === undefined || template === undefined || template.context === context) return;
  throw new UsageError(
    `template "${template.id}" has the context type ${template.context.id}, not ${context.id}`,
    'leave out --context: the template implies it',
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
    const example = name === 'completion' ? `${rawName} ${shells[0].id}` : formatCommand(defaults);
    throw new UsageError(`${rawName} needs a value`, `for example: ${example}`);
  }
}

function find<T extends Readonly<{ id: string }>>(
  value: string | boolean | undefined,
  registry: readonly T[],
  option: string,
  noun = option,
): T | undefined {
  if (value === undefined) return undefined;
  const found = registry.find(({ id }) => id === value);
  if (found !== undefined) return found;
  const ids = registry.map(({ id }) => id);
  const meant = suggest(String(value), ids) ?? ids[0];
  const expected = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(ids);
  const other = option === 'template' ? ', or a remote template: --template user/repo' : '';
  throw new UsageError(
    `unknown ${noun} "${value}", expected ${expected}`,
    `try --${option} ${meant}${other}`,
  );
}

function suggest(value: string, known: readonly string[]): string | undefined {
  const begins = value === '' ? undefined : known.find((word) => word.startsWith(value.toLowerCase()));
  return begins ?? closestMatch(value.toLowerCase(), known, { maxDistance: 2 });
}
