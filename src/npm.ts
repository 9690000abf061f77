import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Env, findSource } from './args.ts';
import { formatCommand } from './command-line.ts';
import { contexts } from './contexts.ts';
import { UsageError } from './errors.ts';
import { languages } from './languages/index.ts';
import { options } from './options.ts';
import { defaults } from './project.ts';
import { shells } from './shells.ts';
import { findDefault, templates } from './templates/index.ts';

// What becomes of `create envoy-filter app --language rust`, tried with each package manager:
//
// npm 9-11     takes every option before "--": argv is ["app", "rust"], and npm_config_language is "true". With
//              --language=rust, argv is ["app"], and npm_config_language is "rust". An .npmrc sets the same variables.
// npm 12       the same for the options that npm has, too: --dry-run, --json, --offline, --yes, --verbose, -l, -y. It
//              refuses the others itself, with exit code 1.
// every npm    --help, -h, --version and -c never arrive: npm prints its own help or version, and `-c rust` runs "rust".
// pnpm 9-12    passes everything on, also a "--" anywhere. pnpm 12 takes --offline, without a trace.
// Yarn 1       passes everything on, except the first "--".
// Yarn 3-4     passes everything on, also a "--" anywhere.
// Bun          passes everything on, also a "--" anywhere, but refuses short options before it.

/** Options that npm also has, for the same purpose, and whether npm's setting asks for ours. */
const shared: Readonly<Record<string, (env: Env) => boolean>> = {
  'dry-run': (env) => env.npm_config_dry_run === 'true',
  offline: (env) => env.npm_config_offline === 'true',
  verbose: (env) => /^(verbose|silly)$/.test(env.npm_config_loglevel ?? ''),
};

/**
 * The arguments that were meant: without the `--` that only npm needs and other package managers pass on, and with the
 * options that npm has kept for itself but that ask for the same of this tool.
 */
export function restoreArguments(argv: readonly string[], env: Env): readonly string[] {
  const passesOn = /^(pnpm|yarn|bun)\//.test(env.npm_config_user_agent ?? '');
  const separator = passesOn || argv[0] === '--' ? argv.indexOf('--') : -1;
  const asked = Object.keys(shared).filter((name) => shared[name]?.(env));
  return [...asked.map((name) => `--${name}`), ...argv.filter((_, index) => index !== separator)];
}

type Values = Readonly<Record<string, unknown>>;

/** Throws UsageError if npm has kept options that were meant for this tool. */
export function checkKept(values: Values, positionals: readonly string[], env: Env): void {
  const kept = Object.entries<Option>(options)
    .filter(([name]) => !(name in shared) && name !== 'yes' && values[name] === undefined)
    .flatMap(([name, option]) => listSettings(name, option))
    .filter(({ setting }) => isTyped(setting, env));
  if (kept.length === 0) return;
  throw new UsageError(
    `npm kept ${kept.map(({ flag }) => flag).join(' and ')} for itself: options come after "--"`,
    restoreCommand(
      { ...values, ...Object.fromEntries(kept.map(({ name, setting }) => [name, read(setting, env)])) },
      positionals,
    ),
  );
}

type Option = Readonly<{ type: string; short?: string }>;

/** An option as it may have been typed, and npm's name for it. */
type Setting = Readonly<{ name: string; flag: string; setting: string }>;

/** npm has an option of its own with this letter. */
const shorthands: Readonly<Record<string, string>> = { l: 'long' };

function listSettings(name: string, { short }: Option): readonly Setting[] {
  const long = { name, flag: `--${name}`, setting: name };
  if (short === undefined) return [long];
  return [long, { name, flag: `-${short}`, setting: shorthands[short] ?? short.toLowerCase() }];
}

/** The value that npm has put into the environment: "true" if it took the option's value for an argument. */
function read(setting: string, env: Env): string {
  return env[`npm_config_${setting.replaceAll('-', '_')}`] ?? '';
}

/** Whether an option was typed: npm has put it into the environment, but not because an .npmrc says so. */
function isTyped(setting: string, env: Env): boolean {
  return !['', 'false'].includes(read(setting, env)) && !listConfigs(env).some((text) => has(text, setting));
}

/** The texts of the .npmrc files of the project, the user and the machine. */
function listConfigs(env: Env): readonly string[] {
  const { npm_config_local_prefix: project, npm_config_globalconfig: machine } = env;
  const user = env.npm_config_userconfig ?? env.NPM_CONFIG_USERCONFIG;
  const paths = [project && join(project, '.npmrc'), user, machine];
  return paths.flatMap((path) => {
    try {
      return path ? [readFileSync(path, 'utf8')] : [];
    } catch {
      return [];
    }
  });
}

function has(config: string, setting: string): boolean {
  return config.split('\n').some((line) => line.split('=')[0]?.trim().replaceAll('_', '-') === setting);
}

/** The command that was most likely meant, judging by what npm left of it. */
export function restoreCommand(values: Values, positionals: readonly string[]): string {
  const flags = Object.keys(options).filter((name) => isBoolean(name) && values[name] !== undefined);
  const [instead] = ['help', 'version', 'list'].filter((name) => flags.includes(name));
  if (instead !== undefined)
    return formatCommand({ flags: flags.filter((name) => [instead, 'json'].includes(name)) });

  const words = [...positionals, ...Object.values(values)];
  const isMeant = ({ id }: Readonly<{ id: string }>) => words.includes(id);
  if (values.completion !== undefined) {
    return `${formatCommand({})} --completion ${(shells.find(isMeant) ?? shells[0]).id}`;
  }
  const source = findSource(values.template === 'true' ? positionals.findLast(findSource) : values.template);
  if (source !== undefined) {
    return formatCommand({ directory: positionals.find((word) => word !== source), source, flags });
  }
  const language = languages.find(isMeant) ?? defaults.language;
  const context = contexts.find(isMeant) ?? defaults.template.context;
  const template = templates.find(isMeant) ?? findDefault(context);
  const ids = [language, context, template].map(({ id }) => id);
  const directory = positionals.find((word) => !ids.includes(word));
  return formatCommand({ directory, language, template, flags });
}

function isBoolean(name: string): boolean {
  return Object.entries<Option>(options).some(([known, { type }]) => known === name && type === 'boolean');
}
