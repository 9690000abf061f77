/** An end of the run that its user can act on: what is wrong, what to do next, and the exit code. */
export abstract class CliError extends Error {
  abstract readonly exitCode: number;

  constructor(
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The command line asks for something that cannot be. */
export class UsageError extends CliError {
  readonly exitCode = 2;
}

/** Something on the disk is in the way. */
export class ConflictError extends CliError {
  readonly exitCode = 1;
}

/** The disk refused. */
export class WriteError extends CliError {
  readonly exitCode = 1;
}

/** The user called it off: Ctrl-C, Escape, a signal, or the end of the input. */
export class Cancelled extends CliError {
  readonly exitCode = 130;

  constructor() {
    super('cancelled; nothing was written');
  }
}

/** Anything else: a fault of this tool. */
export class InternalError extends CliError {
  readonly exitCode = 1;

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`unexpected: ${reason}`, 'run the same command with --verbose, and report what it prints', {
      cause,
    });
  }
}
