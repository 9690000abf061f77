import { type Language, languages } from '../../src/languages/index.ts';
import { type Template, templates } from '../../src/templates/index.ts';

/** What a project can be, apart from its name. */
export type Pair = Readonly<{ language: Language; template: Template }>;

/** Every language with every template, as rows of a table of tests. Labels come first. */
export function listPairs(): readonly (readonly [language: string, template: string, pair: Pair])[] {
  return languages.flatMap((language) =>
    templates.map((template) => [language.label, template.id, { language, template }] as const),
  );
}
