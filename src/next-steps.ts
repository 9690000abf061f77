import { formatCommand, quotePath } from './command-line.ts';
import type { FilterProject } from './project.ts';

/** The entries of the directory that were there before, and the files that have another name because of that. */
export type Kept = Readonly<{ kept: readonly string[]; renamed: readonly string[] }>;

/** What to tell the author of a new project. */
export function nextSteps(
  project: FilterProject,
  fileCount: number,
  before: Kept = { kept: [], renamed: [] },
): readonly string[] {
  const { directory, name, language, template, generatorVersion } = project;
  const isHere = /^\.[/\\]*$/.test(directory);
  return [
    `Created ${name}: an Envoy ${template.context.label} in ${language.label}, ${fileCount} files.`,
    ...describeKept(before),
    '',
    'Next:',
    ...(isHere ? [] : [`  cd ${quotePath(directory)}`]),
    '  make test      # unit tests, then the filter inside a real Envoy',
    '  make deploy    # runs it in Envoy; meanwhile, in another terminal:',
    `  ${template.tryIt}`,
    '',
    'The same again, without questions:',
    `  ${formatCommand(project, generatorVersion)}`,
  ];
}

function describeKept({ kept, renamed }: Kept): readonly string[] {
  if (kept.length === 0) return [];
  const left = `Left untouched: ${formatList(kept)}.`;
  if (renamed.length === 0) return [left];
  return [left, `Before you commit, merge ${formatList(renamed)} into what was there.`];
}

function formatList(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}
