import type { Flags } from './args.ts';
import { formatCommand } from './command-line.ts';
import { type Context, contexts } from './contexts.ts';
import { UsageError } from './errors.ts';
import { type Language, languages } from './languages/index.ts';
import { type Answers, defaults, findNameProblem, type OwnTemplate } from './project.ts';
import { findConflict, suggestDirectory } from './target.ts';
import { findDefault, type Template, templates } from './templates/index.ts';

/** Asks the user. Every method rejects with Cancelled if the user cancels. */
export type Prompter = Readonly<{
  /** Asks for a line of text until it is not refused. An empty answer means the offer, at first `offer`. */
  ask: (message: string, offer: string, refuse: (answer: string) => Refusal | undefined) => Promise<string>;
  choose: <T extends Choice>(message: string, choices: readonly T[]) => Promise<T>;
  /** Asks a question, to which yes is the default. */
  confirm: (message: string) => Promise<boolean>;
  /** The text of a box that closes the frame of the prompts. */
  enclose: (title: string, lines: readonly string[]) => string;
}>;

/** Why an answer is refused, and a better one. */
export type Refusal = Readonly<{ message: string; offer: string }>;

/** An entry of a list to choose from. */
export type Choice = Readonly<{ label: string; hint: string }>;

/**
 * Takes the answers from the flags and prompts for the rest; with `--yes`, the rest are the defaults. A directory given
 * as an argument is checked before the first prompt. A dry run reports conflicts at its end. Throws UsageError, ConflictError or Cancelled.
 */
export async function collectAnswers(
  flags: Flags,
  cwd: string,
  findPrompter: () => Promise<Prompter | undefined>,
  offered: readonly Template[] = templates,
): Promise<Answers> {
  const { directory, source, language, template } = listGiven(flags, offered);
  // Until the language is known, a name must be valid in every language.
  const candidates = language ? [language] : languages;
  const checkName = (answer: string) => findNameProblem(answer, cwd, candidates);
  const check = (answer: string) =>
    checkName(answer) ?? (flags.dryRun ? undefined : findConflict(answer, cwd));
  const problem = directory === undefined ? undefined : check(directory);
  if (problem !== undefined) throw problem;

  if (directory !== undefined) {
    if (source !== undefined) return { directory, source };
    if (language !== undefined && template !== undefined) return { directory, language, template };
  }
  const prompter = await findPrompter();
  if (prompter === undefined) throw missingAnswers(flags, offered);
  const { ask, choose } = prompter;
  const suggest = (answer: string) => suggestDirectory(answer, cwd, checkName) ?? defaults.directory;
  const refuse = (answer: string) => {
    const problem = check(answer);
    return problem && { message: problem.message, offer: suggest(answer) };
  };
  const askDirectory = () => ask('Name of the filter, or its directory', suggest(defaults.directory), refuse);
  if (source !== undefined) return { directory: await askDirectory(), source };
  return {
    directory: directory ?? (await askDirectory()),
    language: language ?? (await choose('Language', languages)),
    template: template ?? (await chooseTemplate(flags.context, offered, choose)),
  };
}

type Given = Readonly<{
  directory: string | undefined;
  source: string | undefined;
  language: Language | undefined;
  template: Template | undefined;
}>;

/** The answers that need no prompt. A remote template has neither a language nor a template of ours. */
function listGiven(flags: Flags, offered: readonly Template[]): Given {
  const { source, language, context, template } = flags;
  const directory = flags.directory ?? (flags.yes ? defaults.directory : undefined);
  if (source !== undefined) return { directory, source, language: undefined, template: undefined };
  return flags.yes
    ? { directory, source, ...withDefaults(flags) }
    : { directory, source, language, template: template ?? findOnly(context, offered) };
}

/** The template of a context type that has only one. */
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

function withDefaults(flags: Flags): OwnTemplate {
  return {
    language: flags.language ?? defaults.language,
    template: flags.template ?? findDefault(flags.context ?? defaults.template.context),
  };
}

function missingAnswers(flags: Flags, offered: readonly Template[]): UsageError {
  const { directory, source, language, template } = listGiven(flags, offered);
  const missing = [
    ...(directory === undefined ? ['a directory'] : []),
    ...(source === undefined && language === undefined ? ['--language'] : []),
    ...(source === undefined && template === undefined ? ['--template'] : []),
  ];
  const reason = flags.json ? '--json does not prompt' : 'there is no terminal to prompt on';
  return new UsageError(
    `missing ${missing.join(' and ')}: ${reason}`,
    `${formatCommand(listGiven({ ...flags, yes: true }, offered))} (or --yes, which takes the defaults)`,
  );
}
