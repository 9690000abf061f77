import type { Flags } from './args.ts';
import { formatCommand } from './command-line.ts';
import { type Context, contexts } from './contexts.ts';
import { type CliError, UsageError } from './errors.ts';
import { type Language, languages } from './languages/index.ts';
import { type Answers, defaults, findNameProblem } from './project.ts';
import { findConflict } from './target.ts';

/** Somebody who answers questions; every method rejects with Cancelled when they call it off. */
export type Prompter = Readonly<{
  /** An empty answer stands for the default; one in which `check` finds a problem is asked for again. */
  ask: (
    message: string,
    byDefault: string,
    check: (answer: string) => CliError | undefined,
  ) => Promise<string>;
  choose: <T extends Language | Context>(message: string, choices: readonly T[]) => Promise<T>;
}>;

/**
 * Takes the flags, the working directory, and a way to find somebody who answers;
 * gives the answers, asking only for what the flags left open. Throws UsageError or ConflictError,
 * for a directory that was given before the first question, and Cancelled.
 */
export async function collectAnswers(
  flags: Flags,
  cwd: string,
  findPrompter: () => Promise<Prompter | undefined>,
): Promise<Answers> {
  const { directory, language, context } = flags.yes ? withDefaults(flags) : flags;
  const check = (answer: string) => findProblem(answer, cwd, language);
  const problem = directory === undefined ? undefined : check(directory);
  if (problem !== undefined) throw problem;

  if (directory !== undefined && language !== undefined && context !== undefined) {
    return { directory, language, context };
  }
  const prompter = await findPrompter();
  if (prompter === undefined) throw missingAnswers(flags);
  const { ask, choose } = prompter;
  return {
    directory:
      directory ?? (await ask('Name of the filter, or a directory for it', defaults.directory, check)),
    language: language ?? (await choose('Language', languages)),
    context: context ?? (await choose('Context type', contexts)),
  };
}

function withDefaults(flags: Flags): Answers {
  return {
    directory: flags.directory ?? defaults.directory,
    language: flags.language ?? defaults.language,
    context: flags.context ?? defaults.context,
  };
}

/** While the language is open, a name must do for each of them. */
function findProblem(directory: string, cwd: string, language: Language | undefined): CliError | undefined {
  return findNameProblem(directory, cwd, language ? [language] : languages) ?? findConflict(directory, cwd);
}

function missingAnswers(flags: Flags): UsageError {
  const missing = [
    ...(flags.directory === undefined ? ['a directory'] : []),
    ...(flags.language === undefined ? ['--language'] : []),
    ...(flags.context === undefined ? ['--context'] : []),
  ];
  return new UsageError(
    `missing ${missing.join(' and ')}: there is no terminal to ask on`,
    `${formatCommand(withDefaults(flags))} (or --yes, which takes the defaults)`,
  );
}
