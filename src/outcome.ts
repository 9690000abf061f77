import type { Prompter } from './answers.ts';
import { Cancelled, CliError, type ConflictError, InternalError } from './errors.ts';
import type { Kept } from './next-steps.ts';
import type { FilterProject } from './project.ts';
import type { FileTree } from './render.ts';

/** How a run ended. */
export type Outcome =
  | Created
  | DryRun
  | Readonly<{ kind: 'list' | 'help' | 'version'; error?: undefined }>
  | Readonly<{ kind: 'completion'; script: string; error?: undefined }>
  | Failed;

/** A project, the files that a run writes, and what was there before. */
type Plan = Readonly<{
  project: FilterProject;
  tree: FileTree;
  before: Kept;
  /** Closes the frame of the prompts, if there were any. */
  enclose: Prompter['enclose'] | undefined;
}>;

/** The files have been written. The notes say what else was done. */
export type Created = Plan & Readonly<{ kind: 'created'; notes: readonly string[]; error?: undefined }>;

/** The files have not been written. The error is that of the real run. */
export type DryRun = Plan & Readonly<{ kind: 'dry-run'; error: ConflictError | undefined }>;

/** Nothing was written. */
export type Failed = Readonly<{ kind: 'failed'; error: CliError }>;

/** The outcome of a run that has thrown. The signal's reason is the error that has stopped the run, if it was one. */
export function toFailed(error: unknown, { aborted, reason }: AbortSignal): Failed {
  const cause = aborted && error instanceof Cancelled ? reason : error;
  if (aborted && cause === reason && reason.name === 'AbortError') {
    return { kind: 'failed', error: new Cancelled() };
  }
  return { kind: 'failed', error: cause instanceof CliError ? cause : new InternalError(cause) };
}

/** A file's path and its size in bytes. */
type Measured = Readonly<{ path: string; size: number }>;

/** The files of a tree, in its order. */
export function measure(tree: FileTree): readonly Measured[] {
  return [...tree].map(([path, { content }]) => ({ path, size: Buffer.byteLength(content) }));
}
