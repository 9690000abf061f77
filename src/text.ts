import { version } from '../package.json';
import type { World } from './cli.ts';
import { escapeControls } from './errors.ts';
import { choicesText, helpText } from './help.ts';
import { describeKept, nextSteps, repeatCommand, summarise } from './next-steps.ts';
import { type DryRun, measure, type Outcome } from './outcome.ts';
import { layOut } from './style.ts';

/** The outcome for people: what to print on stdout. */
export function toText(outcome: Outcome, { stdout, env }: Pick<World, 'stdout' | 'env'>): string {
  const lines = describe(outcome);
  if (outcome.kind !== 'created' && outcome.kind !== 'dry-run') return joinLines(lines);
  const isPlan = outcome.kind === 'dry-run';
  const print = (part: readonly string[]) => joinLines(isPlan ? part : layOut(part, stdout, env));
  if (outcome.enclose === undefined) return print(lines);
  const end = lines.indexOf('');
  return outcome.enclose(isPlan ? 'Dry run' : 'Done', lines.slice(0, end)) + print(lines.slice(end));
}

function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function describe(outcome: Outcome): readonly string[] {
  switch (outcome.kind) {
    case 'created':
      return nextSteps(outcome.project, outcome.tree.size, outcome.before, outcome.notes);
    case 'dry-run':
      return describePlan(outcome);
    case 'list':
      return [choicesText()];
    case 'help':
      return [helpText()];
    case 'completion':
      return [outcome.script];
    case 'version':
      return [version];
    case 'failed':
      return [];
  }
}

function describePlan({ project, tree, before, error }: DryRun): readonly string[] {
  const files = measure(tree);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const width = String(total).length;
  const inTheWay = error?.inTheWay ?? [];
  return [
    `Would create ${summarise(project, files.length)}, ${total} bytes.`,
    ...describeKept(before),
    '',
    ...files.map(({ path, size }) => `  ${String(size).padStart(width)}  ${escapeControls(path)}`),
    ...(inTheWay.length === 0
      ? []
      : ['', 'In the way:', ...inTheWay.map((path) => `  ${escapeControls(path)}`)]),
    '',
    'To create it:',
    `  ${repeatCommand(project)}`,
  ];
}
