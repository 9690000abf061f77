import { version } from '../package.json';
import { choicesText, helpText } from './help.ts';
import { describeKept, nextSteps, repeatCommand, summarise } from './next-steps.ts';
import { type DryRun, measure, type Outcome } from './outcome.ts';

/** The outcome for people: what to print on stdout. */
export function toText(outcome: Outcome): string {
  const lines = describe(outcome);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function describe(outcome: Outcome): readonly string[] {
  switch (outcome.kind) {
    case 'created':
      return nextSteps(outcome.project, outcome.tree.size, outcome.before);
    case 'dry-run':
      return describePlan(outcome);
    case 'list':
      return [choicesText()];
    case 'help':
      return [helpText()];
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
    ...files.map(({ path, size }) => `  ${String(size).padStart(width)}  ${path}`),
    ...(inTheWay.length === 0 ? [] : ['', 'In the way:', ...inTheWay.map((path) => `  ${path}`)]),
    '',
    'To create it:',
    `  ${repeatCommand(project)}`,
  ];
}
