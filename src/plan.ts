import type { Prompter } from './answers.ts';
import { type ConflictError, escapeControls } from './errors.ts';
import { layOut } from './layout.ts';
import { describeKept, type Kept, nextCommands, nextSteps, repeatCommand, summarise } from './next-steps.ts';
import type { ProjectOutcome } from './outcome.ts';
import type { FilterProject } from './project.ts';
import type { FileTree } from './render.ts';

/** A project, the files that a run writes, and what was there before. */
export type Plan = Readonly<{
  project: FilterProject;
  tree: FileTree;
  before: Kept;
  /** Closes the frame of the prompts, if there were any. */
  enclose: Prompter['enclose'] | undefined;
}>;

/** The outcome if the files have been written. The notes say what else was done. */
export function toCreated(plan: Plan, notes: readonly string[]): ProjectOutcome {
  const lines = nextSteps(plan.project, plan.tree.size, plan.before, notes);
  return {
    kind: 'created',
    error: undefined,
    path: plan.project.path,
    toText: (screen, env) => frame('Done', lines, plan, (part) => layOut(part, screen, env)),
    toFields: (forUser) => toFields(plan, forUser),
  };
}

/** The outcome if no files have been written. The error is that of the real run. */
export function toDryRun(plan: Plan, error: ConflictError | undefined): ProjectOutcome {
  return {
    kind: 'dry-run',
    error,
    path: plan.project.path,
    toText: () => frame('Dry run', describePlan(plan, error), plan, (part) => part),
    toFields: (forUser) => toFields(plan, forUser),
  };
}

/** Lays out the lines. After prompts, those before the first empty one are in the box that closes their frame. */
function frame(
  title: string,
  lines: readonly string[],
  { enclose }: Plan,
  arrange: (lines: readonly string[]) => readonly string[],
): string {
  const end = enclose === undefined ? 0 : lines.indexOf('');
  const box = enclose?.(title, lines.slice(0, end)) ?? '';
  return (
    box +
    arrange(lines.slice(end))
      .map((line) => `${line}\n`)
      .join('')
  );
}

function describePlan({ project, tree, before }: Plan, error: ConflictError | undefined): readonly string[] {
  const files = measure(tree);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const width = String(total).length;
  return [
    `Would create ${summarise(project, files.length)}, ${total} bytes.`,
    ...describeKept(before),
    '',
    ...files.map(({ path, size }) => `  ${String(size).padStart(width)}  ${escapeControls(path)}`),
    '',
    ...(error === undefined
      ? ['To create it:', `  ${repeatCommand(project)}`]
      : ['In the way:', ...error.inTheWay.map((path) => `  ${escapeControls(path)}`)]),
  ];
}

function toFields({ project, tree, before }: Plan, forUser: (command: string) => string): object {
  return {
    path: project.path,
    name: project.name,
    ...describeTemplate(project),
    files: measure(tree),
    kept: before.kept,
    renamed: before.renamed,
    next: nextCommands(project),
    repeat: forUser(repeatCommand(project)),
  };
}

/** A remote template does not say what its language and context type are. */
function describeTemplate(project: FilterProject): object {
  if ('source' in project) {
    return { language: null, context: null, template: project.source, commit: project.pin?.commit ?? null };
  }
  const { language, template } = project;
  return { language: language.id, context: template.context.id, template: template.id, commit: null };
}

/** The files of a tree, in its order, with their sizes in bytes. */
function measure(tree: FileTree): readonly Readonly<{ path: string; size: number }>[] {
  return [...tree].map(([path, { content }]) => ({ path, size: Buffer.byteLength(content) }));
}
