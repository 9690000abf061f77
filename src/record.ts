import type { FilterProject } from './project.ts';

/** The file in which a project records where it comes from, so that a later version of this tool can merge changes. */
export const recordPath = '.create-envoy-filter.json';

/** The text of that file. */
export function formatRecord(project: FilterProject): string {
  const { name, generatorVersion: version } = project;
  const generator = { name: 'create-envoy-filter', version };
  return `{
  "generator": ${formatObject(generator)},
  "answers": ${formatObject({ name, ...listAnswers(project) })}
}
`;
}

function listAnswers(project: FilterProject): Readonly<Record<string, string>> {
  if (!('source' in project)) return { language: project.language.id, template: project.template.id };
  const { source, pin } = project;
  return { template: source, ...(pin && { commit: pin.commit }) };
}

/** On one line, with the spaces that a formatter would leave. */
function formatObject(object: Readonly<Record<string, string>>): string {
  const entries = Object.entries(object).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{ ${entries.join(', ')} }`;
}
