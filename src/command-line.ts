import { sep } from 'node:path';

type Choice = Readonly<{ id: string }>;

/** What a printed command line says; what it leaves out will be asked. */
export type Arguments = Readonly<{
  directory?: string | undefined;
  language?: Choice | undefined;
  template?: Choice | undefined;
}>;

/**
 * Takes arguments and a version for `npm create` (none: whichever npm has);
 * gives a line that a shell can run, every part quoted where it needs to be.
 */
export function formatCommand({ directory, language, template }: Arguments, version?: string): string {
  return [
    `npm create envoy-filter${version === undefined ? '' : `@${version}`} --`,
    ...(directory === undefined ? [] : [quotePath(directory)]),
    ...(language === undefined ? [] : ['--language', language.id]),
    ...(template === undefined ? [] : ['--template', template.id]),
  ].join(' ');
}

/**
 * Rewrites `npm create` commands in a text for the package manager that started this tool, as its user agent says.
 * Only npm needs `--`, and yarn 1 cannot create from a version.
 */
export function forManager(text: string, userAgent = ''): string {
  const [, manager, major] = /^(pnpm|yarn|bun)\/(\d+)/.exec(userAgent) ?? [];
  if (manager === undefined) return text;
  const hasVersions = manager !== 'yarn' || Number(major) > 1;
  return text.replace(
    /npm create envoy-filter(@\S+)? --/g,
    (_all, version = '') => `${manager} create envoy-filter${hasVersions ? version : ''}`,
  );
}

/**
 * Takes a path; gives it as one word of a shell: bare, in double quotes where every shell reads them alike, else
 * in single ones. Slashes need no quotes, backslashes do; what begins with a dash would be read as an option.
 */
export function quotePath(path: string): string {
  const slashed = path.split(sep).join('/');
  const text = slashed.startsWith('-') ? `./${slashed}` : slashed;
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return /^[\w@+=:,./ -]+$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}
