import type { Context } from '../contexts.ts';

/** What a new project does. */
export type Template = Readonly<{
  /** The value of `--template`. */
  id: string;
  label: string;
  hint: string;
  context: Context;
  /** The command to try while `make deploy` runs. */
  tryIt: string;
  /** Part of what that command prints, which only the filter can have caused. */
  answer: string;
  /**
   * The layers of the project: names of folders in `templates/shared` and `templates/<language>`. Templates share the
   * layers that they both name.
   */
  layers: readonly string[];
}>;
