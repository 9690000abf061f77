/** Everything that the tool knows about a language. */
export type Language = Readonly<{
  /** The value of `--language`, and the language's folder in `templates/`. */
  id: string;
  label: string;
  hint: string;
  /** What a project needs: a sentence of its README. */
  needs: string;
  /** How to require a field of the plugin configuration: the end of a sentence of the README. */
  requireField: string;
  /** Paths of files that shared prose names. */
  files: Readonly<{
    glue: string;
    filter: string;
    config: string;
    envoyTests: string;
    recoveryTests: string;
  }>;
  /** Names that a project cannot have, with `_` instead of `-`. */
  reservedNames: readonly string[];
  /** Repairs a file after the project's name is filled in, for example its order. Returns other files unchanged. */
  afterRename: (path: string, text: string) => string;
}>;
