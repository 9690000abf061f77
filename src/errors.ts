/** The exit codes, and what they mean. */
export const exitCodes = { success: 0, failure: 1, 'wrong usage': 2, cancelled: 130 } as const;

/** An error that ends the run: what is wrong, a hint what to do about it, and the exit code. */
export abstract class CliError extends Error {
  /** The value of `error.kind` in JSON. */
  abstract readonly kind: string;
  readonly exitCode: number = exitCodes.failure;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(escapeControls(message), options);
    this.hint = hint && escapeControls(hint);
  }
}

/** Escapes the characters that a terminal would interpret instead of showing. */
export function escapeControls(text: string): string {
  // The other pattern takes long to compile.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The command line is invalid. */
export class UsageError extends CliError {
  readonly kind = 'usage';
  override readonly exitCode = exitCodes['wrong usage'];
}

/** The project cannot be created in that directory. */
export class ConflictError extends CliError {
  readonly kind = 'conflict';
  /** The absolute paths of what prevents it. */
  readonly inTheWay: readonly string[];

  constructor(message: string, hint?: string, inTheWay: readonly string[] = []) {
    super(message, hint);
    this.inTheWay = inTheWay;
  }
}

/** The tool cannot run here. */
export class EnvironmentError extends CliError {
  readonly kind = 'environment';
}

/** The remote template cannot be used. */
export class TemplateError extends CliError {
  readonly kind: string = 'template';
}

/** Files could not be written. */
export class WriteError extends CliError {
  readonly kind = 'write';
}

/** The output could not be written. */
export class OutputError extends CliError {
  readonly kind = 'output';

  constructor(cause: Error, hint?: string) {
    super(`cannot print: ${cause.message}`, hint, { cause });
  }
}

/** The user cancelled: by Ctrl-C, Escape, a signal, or the end of the input. */
export class Cancelled extends CliError {
  readonly kind = 'cancelled';
  override readonly exitCode = exitCodes.cancelled;

  constructor() {
    super('cancelled; nothing was written');
  }
}

/** Anything else: a bug in this tool. */
export class InternalError extends CliError {
  readonly kind = 'internal';

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`unexpected: ${reason}`, 'run the same command with --verbose, and report what it prints', {
      cause,
    });
  }
}
