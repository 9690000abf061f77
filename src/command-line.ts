import { sep } from 'node:path';

type Choice = Readonly<{ id: string }>;

/** The arguments of a printed command. The tool prompts for those left out. */
export type Arguments = Readonly<{
  directory?: string | undefined;
  language?: Choice | undefined;
  template?: Choice | undefined;
  /** A remote template. */
  source?: string | undefined;
  /** Names of options without a value. */
  flags?: readonly string[];
}>;

/** A `npm create` command, quoted for a shell. Without a version, npm decides which one it runs. */
export function formatCommand(
  { directory, language, template, source, flags = [] }: Arguments,
  version?: string,
): string {
  return [
    `npm create envoy-filter${version === undefined ? '' : `@${version}`} --`,
    ...(directory === undefined ? [] : [quotePath(directory)]),
    ...(language === undefined ? [] : ['--language', language.id]),
    ...(template === undefined ? [] : ['--template', template.id]),
    ...(source === undefined ? [] : ['--template', quotePath(source)]),
    ...flags.map((name) => `--${name}`),
  ].join(' ');
}

/**
 * Rewrites the `npm create` commands in a text for the package manager with this user agent. Only npm needs `--`. Yarn 1
 * does not take a version, and a second shell reads its arguments.
 */
export function forManager(text: string, userAgent = ''): string {
  const [, manager, major] = /^(pnpm|yarn|bun)\/(\d+)/.exec(userAgent) ?? [];
  if (manager === undefined) return text;
  const isYarn1 = manager === 'yarn' && major === '1';
  return text.replace(/npm create envoy-filter(@\S+)? --(.*)/g, (_all, version = '', rest) =>
    isYarn1
      ? `${manager} create envoy-filter${rest.replace(quoted, quote)}`
      : `${manager} create envoy-filter${version}${rest}`,
  );
}

/** A word that `quotePath` has put into quotes. */
const quoted = /"[^"]*"|'(?:[^']|'\\'')*'/g;

/**
 * Quotes a path for a shell. Backslashes become slashes, which need no quotes. `./` precedes a leading dash, which would
 * begin an option.
 */
export function quotePath(path: string): string {
  const slashed = path.split(sep).join('/');
  return quote(slashed.startsWith('-') ? `./${slashed}` : slashed);
}

/** Quotes a word for a shell: not at all if possible, in double quotes if every shell reads them alike, else in single quotes. */
export function quote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return /^[\w@+=:,./# -]+$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}
