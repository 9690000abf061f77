import { formatCommand, quotePath } from './command-line.ts';
import type { FilterProject, OwnTemplate, RemoteTemplate } from './project.ts';

/** The entries of the directory that were there before, and the files that have another name because of that. */
export type Kept = Readonly<{ kept: readonly string[]; renamed: readonly string[] }>;

/** What to tell the author of a new project. */
export function nextSteps(
  project: FilterProject,
  fileCount: number,
  before: Kept = { kept: [], renamed: [] },
  done: readonly string[] = [],
): readonly string[] {
  const { comments, notes } = describe(project);
  return [
    `Created ${summarise(project, fileCount)}.`,
    ...describeKept(before),
    ...done,
    '',
    'Next:',
    ...nextCommands(project).map((command) => `  ${command.padEnd(14)} ${comments[command] ?? ''}`.trimEnd()),
    '',
    'The same again, without questions:',
    `  ${repeatCommand(project)}`,
    ...notes,
  ];
}

/** The commands to run next, in order. */
export function nextCommands(project: FilterProject): readonly string[] {
  const isHere = /^\.[/\\]*$/.test(project.directory);
  return [...(isHere ? [] : [`cd ${quotePath(project.directory)}`]), ...describe(project).commands];
}

/** The command that creates the same project without prompts. */
export function repeatCommand(project: FilterProject): string {
  const { directory, generatorVersion } = project;
  return formatCommand({ directory, ...describe(project).again }, generatorVersion);
}

/** The project in a few words. */
export function summarise(project: FilterProject, fileCount: number): string {
  return `${project.name}: ${describe(project).kind}, ${fileCount} files`;
}

/** Lines about what was there before. */
export function describeKept({ kept, renamed }: Kept): readonly string[] {
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
  /** The commands to run next. */
  commands: readonly string[];
  /** What they do, by command. */
  comments: Readonly<Record<string, string>>;
  /** The template in the command that repeats the run. */
  again: OwnTemplate | RemoteTemplate;
  notes: readonly string[];
}>;

function describe(project: FilterProject): Description {
  return 'source' in project ? describeRemote(project) : describeOwn(project);
}

function describeOwn({ language, template }: OwnTemplate): Description {
  return {
    kind: `an Envoy ${template.context.label} in ${language.label}`,
    commands: ['make test', 'make deploy', template.tries[0].command],
    comments: {
      'make test': '# unit tests, then the filter inside a real Envoy',
      'make deploy': '# runs it in Envoy; meanwhile, in another terminal:',
    },
    again: { language, template },
    notes: [],
  };
}

function describeRemote({ source, pin }: RemoteTemplate): Description {
  const namesCommit = pin === undefined || source.toLowerCase().endsWith(`#${pin.commit}`);
  return {
    kind: `from the template "${source}"`,
    commands: ['make'],
    comments: { make: '# the first target of its Makefile' },
    again: { source: pin?.source ?? source },
    notes: [
      '',
      `The template is "${source}"${namesCommit ? '' : ` at commit ${pin.commit}`}.`,
      '`make` runs what its authors wrote: read it first if you do not trust them.',
    ],
  };
}
