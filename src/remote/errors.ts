import { TemplateError } from '../errors.ts';

/** There is no such repository, ref or folder, as far as this user may know. */
export class MissingError extends TemplateError {
  constructor(message: string, hint = 'check the spelling') {
    super(message, hint);
  }
}

/** There is no such repository, or the cache does not have it. Another candidate may be meant. */
export class NoRepositoryError extends MissingError {}

/** The host does not answer, or not now. */
export class UnreachableError extends TemplateError {
  override readonly kind = 'unreachable';

  constructor(message: string, hint = 'check your network and proxy', options?: ErrorOptions) {
    super(message, hint, options);
  }
}
