/** A language that filters can be written in, as data: all that the tool knows about it stands here. */
export type Language = Readonly<{
  /** Value of `--language`, and the name of its template folder. */
  id: string;
  label: string;
  hint: string;
  /** What its author must have installed: a sentence for the README. */
  needs: string;
  /** What to do to require a field of the plugin configuration: the end of a sentence in the README. */
  requireField: string;
  /** Where the parts of a project stand, so that shared prose can name them. */
  files: Readonly<{ glue: string; filter: string; config: string; envoyTests: string }>;
  /** Project names it cannot take, as identifiers. */
  reservedNames: readonly string[];
  /** Puts right what renaming has upset in a rendered file; gives the text unchanged otherwise. */
  finish: (path: string, text: string) => string;
}>;
