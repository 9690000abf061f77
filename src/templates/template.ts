import type { Context } from '../contexts.ts';

/** What a project does to begin with, as data. */
export type Template = Readonly<{
  /** Value of `--template`. */
  id: string;
  label: string;
  hint: string;
  context: Context;
  /** The command that shows it, while `make deploy` runs. */
  tryIt: string;
  /**
   * What it is made of: names of folders in `templates/shared` and in the language's folder. One that several templates
   * name is a concern they share.
   */
  layers: readonly string[];
}>;
