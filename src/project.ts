import { basename, dirname, join, resolve } from 'node:path';
import { formatCommand } from './command-line.ts';
import { escapeControls, UsageError } from './errors.ts';
import { type Language, languages } from './languages/index.ts';
import { type Template, templates } from './templates/index.ts';

/** One of our templates, in a language. */
export type OwnTemplate = Readonly<{ language: Language; template: Template }>;

/** Somebody else's template. */
export type RemoteTemplate = Readonly<{
  /** Where it is, as the user wrote it. */
  source: string;
  /** The commit that was fetched, and a source that means it for ever. A local folder has none. */
  pin?: Readonly<{ commit: string; source: string }> | undefined;
}>;

type Place = Readonly<{ directory: string }>;

export type OwnAnswers = Place & OwnTemplate;

/** The user's answers, which determine the project. */
export type Answers = OwnAnswers | (Place & RemoteTemplate);

/** What follows from the answers. */
type Consequences = Readonly<{
  /** Absolute path of the directory. */
  path: string;
  /** Name of the crate or package, the plugin, the root id and the image. */
  name: string;
  /** The same name as an identifier. */
  snakeName: string;
  generatorVersion: string;
}>;

/** The answers, and what follows from them. */
export type FilterProject = Answers & Consequences;

/** The answers of `--yes`. */
export const defaults: OwnAnswers = {
  directory: 'my-envoy-filter',
  language: languages[0],
  template: templates[0],
};

const longestName = 50;
const nameRule = `a name is at most ${longestName} lower-case letters, digits and single dashes, and begins with a letter`;
/** Windows opens a device instead of a file with such a name. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)$/;
/** Envoy and Kubernetes would read such a name in a manifest as a boolean or null. */
const yamlConstant = /^(y|yes|n|no|on|off|true|false|null)$/;

/** Throws UsageError if the project's name is invalid. */
export function resolveProject<A extends Answers>(
  answers: A,
  cwd: string,
  generatorVersion: string,
): A & Consequences {
  // The language of a remote template is not known.
  const candidates = 'source' in answers ? languages : [answers.language];
  const problem = findNameProblem(answers.directory, cwd, candidates);
  if (problem !== undefined) throw problem;
  const path = resolve(cwd, answers.directory);
  const name = basename(path);
  return { ...answers, path, name, snakeName: snakeCase(name), generatorVersion };
}

/** Checks the last part of a directory, the project's name. It must be valid in each of the candidate languages. */
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

/** A name similar to `text` that is valid in every language. */
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
