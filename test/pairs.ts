import { type Context, contexts } from '../src/contexts.ts';
import { type Language, languages } from '../src/languages/index.ts';

/** Gives every language with every context type, labels first, as rows of a table of tests. */
export function listPairs(): readonly (readonly [
  string,
  string,
  Readonly<{ language: Language; context: Context }>,
])[] {
  return languages.flatMap((language) =>
    contexts.map((context) => [language.label, context.label, { language, context }] as const),
  );
}
