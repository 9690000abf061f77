import { formatCommand, quotePath } from './command-line.ts';
import type { FilterProject, OwnTemplate, RemoteTemplate } from './project.ts';

/** The entries of the directory that were there before, and the files that have another name because of that. */
export type Kept = Readonly<{ kept: readonly string[]; renamed: readonly string[] }>;

/** What to tell the author of a new project. */
export function nextSteps(
  project: FilterProject,
  fileCount: number,
  before: Kept = { kept: [], renamed: [] },
): readonly string[] {
  const { directory, name, generatorVersion } = project;
  const isHere = /^\.[/\\]*$/.test(directory);
  const { kind, steps, again, notes } = 'source' in project ? describeRemote(project) : describeOwn(project);
  return [
    `Created ${name}: ${kind}, ${fileCount} files.`,
    ...describeKept(before),
    '',
    'Next:',
    ...(isHere ? [] : [`  cd ${quotePath(directory)}`]),
    ...steps,
    '',
    'The same again, without questions:',
    `  ${formatCommand({ directory, ...again }, generatorVersion)}`,
    ...notes,
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

/** What depends on the template. */
type Description = Readonly<{
  kind: string;
  steps: readonly string[];
  /** The template in the command that repeats the run. */
  again: OwnTemplate | RemoteTemplate;
  notes: readonly string[];
}>;

function describeOwn({ language, template }: OwnTemplate): Description {
  return {
    kind: `an Envoy ${template.context.label} in ${language.label}`,
    steps: [
      '  make test      # unit tests, then the filter inside a real Envoy',
      '  make deploy    # runs it in Envoy; meanwhile, in another terminal:',
      `  ${template.tryIt}`,
    ],
    again: { language, template },
    notes: [],
  };
}

function describeRemote({ source, commit }: RemoteTemplate): Description {
  const from = source.replace(/#.*$/, '');
  return {
    kind: `from the template ${from}`,
    steps: ['  make           # lists the targets'],
    again: { source: commit === undefined ? source : `${from}#${commit}` },
    notes: [
      '',
      `The template is ${from}${commit === undefined ? '' : ` at commit ${commit}`}.`,
      '`make` runs what its authors wrote: read it first if you do not trust them.',
    ],
  };
}
