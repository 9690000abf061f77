import { version } from '../package.json';
import type { World } from './cli.ts';
import { choicesText, helpText } from './help.ts';
import type { Outcome } from './outcome.ts';

/** The outcome for people: what to print on stdout. */
export function toText(outcome: Outcome, { stdout, env }: Pick<World, 'stdout' | 'env'>): string {
  switch (outcome.kind) {
    case 'created':
    case 'dry-run':
      return outcome.toText(stdout, env);
    case 'list':
      return `${choicesText()}\n`;
    case 'help':
      return `${helpText()}\n`;
    case 'completion':
      return `${outcome.script}\n`;
    case 'version':
      return `${version}\n`;
    case 'failed':
      return '';
  }
}
