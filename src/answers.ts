import type { Flags } from './args.ts';
import { formatCommand } from './command-line.ts';
import { type Context, contexts } from './contexts.ts';
import { type CliError, UsageError } from './errors.ts';
import { type Language, languages } from './languages/index.ts';
import { type Answers, defaults, findNameProblem } from './project.ts';
import { findConflict } from './target.ts';
import { findDefault, type Template, templates } from './templates/index.ts';

/** Somebody who answers questions; every method rejects with Cancelled when they call it off. */
export type Prompter = Readonly<{
  /** An empty answer stands for the default; one in which `check` finds a problem is asked for again. */
  ask: (
    message: string,
    byDefault: string,
    check: (answer: string) => CliError | undefined,
  ) => Promise<string>;
  choose: <T extends Choice>(message: string, choices: readonly T[]) => Promise<T>;
}>;

/** Something to choose from a list. */
export type Choice = Readonly<{ label: string; hint: string }>;

/**
 * Collects the answers: those of the flags, and for the rest those of whoever `findPrompter` finds, or with `--yes` the
 * defaults. Throws UsageError or ConflictError (for a given directory before the first question), and Cancelled.
 */
export async function collectAnswers(
  flags: Flags,
  cwd: string,
  findPrompter: () => Promise<Prompter | undefined>,
  offered: readonly Template[] = templates,
): Promise<Answers> {
  const { directory, language, template } = flags.yes
    ? withDefaults(flags)
    : { ...flags, template: flags.template ?? findOnly(flags.context, offered) };
  const check = (answer: string) => findProblem(answer, cwd, language);
  const problem = directory === undefined ? undefined : check(directory);
  if (problem !== undefined) throw problem;

  if (directory !== undefined && language !== undefined && template !== undefined) {
    return { directory, language, template };
  }
  const prompter = await findPrompter();
  if (prompter === undefined) throw missingAnswers(flags, template);
  const { ask, choose } = prompter;
  return {
    directory:
      directory ?? (await ask('Name of the filter, or a directory for it', defaults.directory, check)),
    language: language ?? (await choose('Language', languages)),
    template: template ?? (await chooseTemplate(flags.context, offered, choose)),
  };
}

/** The template of a context type that has no other. */
function findOnly(context: Context | undefined, offered: readonly Template[]): Template | undefined {
  const [first, ...others] = offered.filter((template) => template.context === context);
  return others.length === 0 ? first : undefined;
}

async function chooseTemplate(
  given: Context | undefined,
  offered: readonly Template[],
  choose: Prompter['choose'],
): Promise<Template> {
  const context = given ?? (await choose('Context type', contexts));
  const candidates = offered.filter((template) => template.context === context);
  return findOnly(context, offered) ?? choose('Template', candidates);
}

function withDefaults(flags: Flags): Answers {
  return {
    directory: flags.directory ?? defaults.directory,
    language: flags.language ?? defaults.language,
    template: flags.template ?? findDefault(flags.context ?? defaults.template.context),
  };
}

/** While the language is open, a name must do for each of them. */
function findProblem(directory: string, cwd: string, language: Language | undefined): CliError | undefined {
  return findNameProblem(directory, cwd, language ? [language] : languages) ?? findConflict(directory, cwd);
}

function missingAnswers(flags: Flags, template: Template | undefined): UsageError {
  const missing = [
    ...(flags.directory === undefined ? ['a directory'] : []),
    ...(flags.language === undefined ? ['--language'] : []),
    ...(template === undefined ? ['--template'] : []),
  ];
  return new UsageError(
    `missing ${missing.join(' and ')}: there is no terminal to ask on`,
    `${formatCommand(withDefaults(flags))} (or --yes, which takes the defaults)`,
  );
}
