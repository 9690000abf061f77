import type { LanguageKnowledge } from './entries.ts';

/**
 * An environment that a project must work in. Shell code runs in the top folder, $TOP. $PROJECT is
 * the project's folder, $FILES a list of its files.
 */
export type Environment = Readonly<{
  title: string;
  /** The project's folder, relative to the top folder. */
  folder?: string;
  /** Other files in the top folder. */
  files?: Readonly<Record<string, string>>;
  /** Shell code to run before make, without the variables of `env`. */
  before?: string;
  /** Environment variables to set for make. */
  env?: (
    setting: Readonly<{ top: string; project: string; knowledge: LanguageKnowledge }>,
  ) => NodeJS.ProcessEnv;
  /** Shell code that must succeed after make. */
  after?: string;
  /** Whether make may fail there with the language's `pathError`. */
  canBeRefused?: boolean;
}>;
