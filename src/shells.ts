/** A shell that completes commands. */
export type Shell = Readonly<{
  /** Value of `--completion`. */
  id: 'bash' | 'zsh' | 'fish';
}>;

export const shells: readonly [Shell, ...Shell[]] = [{ id: 'bash' }, { id: 'zsh' }, { id: 'fish' }];
