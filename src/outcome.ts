import type { Env } from './args.ts';
import { Cancelled, CliError, type ConflictError, InternalError } from './errors.ts';
import type { Screen } from './style.ts';

/** How a run ended. */
export type Outcome =
  | ProjectOutcome
  | Readonly<{ kind: 'list' | 'help' | 'version'; error?: undefined }>
  | Readonly<{ kind: 'completion'; script: string; error?: undefined }>
  | Failed;

/**
 * The project has been created, or would be. The error is that of the real run. How to describe a project is loaded with
 * the code that creates one.
 */
export type ProjectOutcome = Readonly<{
  kind: 'created' | 'dry-run';
  error: ConflictError | undefined;
  /** Absolute path of the project. */
  path: string;
  /** The project for people. */
  toText: (screen: Screen, env: Env) => string;
  /** The project's fields for scripts. `forUser` rewrites a command for the package manager. */
  toFields: (forUser: (command: string) => string) => object;
}>;

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
