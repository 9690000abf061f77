import { basename, dirname, join, resolve } from 'node:path';
import { formatCommand } from './command-line.ts';
import { escapeControls, UsageError } from './errors.ts';
import { type Language, languages } from './languages/index.ts';
import { type Template, templates } from './templates/index.ts';

/** Everything that a project depends on, as the user gave it. */
export type Answers = Readonly<{ directory: string; language: Language; template: Template }>;

/** A project about to be made: its answers and all that follows from them. */
export type FilterProject = Answers &
  Readonly<{
    /** Absolute path of the directory. */
    path: string;
    /** Name of crate or package, plugin, root id and image. */
    name: string;
    /** The same name as an identifier. */
    snakeName: string;
    generatorVersion: string;
  }>;

/** What `--yes` answers. */
export const defaults: Answers = {
  directory: 'my-envoy-filter',
  language: languages[0],
  template: templates[0],
};

const longestName = 50;
const nameRule = `a name is at most ${longestName} lower-case letters, digits and single dashes, and begins with a letter`;
/** Windows opens a device instead of a file of such a name. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)$/;
/** In a manifest, Envoy and Kubernetes would read such a name as a boolean or as no name. */
const yamlConstant = /^(y|yes|n|no|on|off|true|false|null)$/;

/** Takes answers, the working directory and this tool's version; gives the project. Throws UsageError if it has no valid name. */
export function resolveProject(answers: Answers, cwd: string, generatorVersion: string): FilterProject {
  const problem = findNameProblem(answers.directory, cwd, [answers.language]);
  if (problem !== undefined) throw problem;
  const path = resolve(cwd, answers.directory);
  const name = basename(path);
  return { ...answers, path, name, snakeName: snakeCase(name), generatorVersion };
}

/** Takes a directory and the languages it may be for; gives what is wrong with the name in its last part, if anything is. */
export function findNameProblem(
  directory: string,
  cwd: string,
  candidates: readonly Language[],
): UsageError | undefined {
  const name = directory === '' ? '' : basename(resolve(cwd, directory));
  if (escapeControls(directory) !== directory) {
    const reason = 'it contains control characters';
    return new UsageError(`invalid directory "${directory}": ${reason}`, suggest(suggestName(name)));
  }
  const reason = isWellFormed(name) ? findReservation(name, candidates) : nameRule;
  if (reason === undefined) return undefined;
  const better = join(dirname(directory), suggestName(name));
  return new UsageError(`invalid name "${name}": ${reason}`, suggest(better));
}

function suggest(directory: string): string {
  return `try ${formatCommand({ directory })}`;
}

/** Takes any text; gives a name like it that is valid in every language. */
export function suggestName(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .join('-');
  const name = words
    .replace(/^[^a-z]+/, '')
    .slice(0, longestName - '-filter'.length)
    .replace(/-$/, '');
  if (name === '') return defaults.directory;
  return findReservation(name, languages) ? `${name}-filter` : name;
}

function isWellFormed(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= longestName;
}

function findReservation(name: string, candidates: readonly Language[]): string | undefined {
  if (deviceName.test(name)) return 'it is reserved on Windows';
  if (yamlConstant.test(name)) return 'YAML reads it as a boolean or null';
  const language = candidates.find(({ reservedNames }) => reservedNames.includes(snakeCase(name)));
  return language && `it is reserved in ${language.label}`;
}

function snakeCase(name: string): string {
  return name.replaceAll('-', '_');
}
