import type { Context } from '../contexts.ts';

type Try = Readonly<{
  command: string;
  /** Part of what it prints, which only the filter can have caused. */
  answer: string;
}>;

/** What a new project does. */
export type Template = Readonly<{
  /** The value of `--template`. */
  id: string;
  label: string;
  hint: string;
  context: Context;
  /** What to try while `make deploy` runs, as the bootstrap's `Try it` lines say. */
  tries: readonly [Try, ...Try[]];
  /**
   * The layers of the project: names of folders in `templates/shared` and `templates/<language>`. Templates share the
   * layers that they both name.
   */
  layers: readonly string[];
}>;
