import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Language } from '../../../src/languages/index.ts';
import type { Template } from '../../../src/templates/index.ts';
import type { Environment } from './environment.ts';
import type { Change } from './project.ts';

/** What the smoke tests know about a language: the default export of `languages/<language>/index.ts`. */
export type LanguageKnowledge = Readonly<{
  /** Makes the module crash when Envoy creates its root context. */
  crashEarly: Change;
  /** Makes a root context create no contexts, the error of `make test` then, and the hint unless it does not compile. */
  createNoContexts: readonly [change: Change, error: string, hint?: string];
  /** Makes a field of the plugin configuration required, as the README says. */
  requireField: (name: string) => Change;
  /** A file of tests that starts Envoy and fails. */
  failingTests: string;
  /** A change of `file` that contradicts the lock file, and the command that updates the lock file. */
  lockFile: Readonly<{ file: string; change: Change; update: string }>;
  /** The error of make in a directory whose name has a character that the language's tools cannot handle. */
  pathError?: RegExp;
  /** The variables by which its tools use only what they have downloaded before. */
  offline: NodeJS.ProcessEnv;
  /** The variables that name its tools' folders, which are below HOME by default. */
  folders: NodeJS.ProcessEnv;
  /** The folders of a project for compiled dependencies, which other projects of the language can use. */
  dependencies: readonly string[];
  /** Environments that concern only this language. */
  environments: readonly Environment[];
}>;

export function importLanguage({ id }: Language): Promise<LanguageKnowledge> {
  return importFile(`languages/${id}/index.ts`);
}

/** What the tests of one template know about a language: the default export of `languages/<language>/<template>.ts`. */
export function importPair<Knowledge>(language: Language, template: Template): Promise<Knowledge> {
  return importFile(`languages/${language.id}/${template.id}.ts`);
}

async function importFile(path: string) {
  const file = join(import.meta.dirname, '..', path);
  if (existsSync(file)) return (await import(file)).default;
  throw new Error(`there is no test/smoke/${path}; test/smoke/support/entries.ts says what it must export`);
}
