import { version } from '../package.json';
import { forManager } from './command-line.ts';
import { contexts } from './contexts.ts';
import { type CliError, ConflictError } from './errors.ts';
import { helpText } from './help.ts';
import { languages } from './languages/index.ts';
import type { Outcome } from './outcome.ts';
import { templates } from './templates/index.ts';

/** The version of `schemas/output-1.json`. New fields do not change it. */
const schemaVersion = 1;

/** The outcome for scripts: a line of ASCII that `schemas/output-1.json` describes. */
export function toJson(outcome: Outcome, userAgent: string | undefined): string {
  const forUser = (command: string) => forManager(command, userAgent);
  const { kind, error } = outcome;
  const text = JSON.stringify({
    schemaVersion,
    kind,
    ok: error === undefined,
    exitCode: error?.exitCode ?? 0,
    version,
    ...describe(outcome, forUser),
    ...(error === undefined ? {} : { error: describeError(error, forUser) }),
  });
  // ASCII arrives intact, whatever encoding a terminal or a pipe assumes.
  const ascii = text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${ascii}\n`;
}

type Rewrite = (command: string) => string;

function describe(outcome: Outcome, forUser: Rewrite): object {
  switch (outcome.kind) {
    case 'created':
    case 'dry-run':
      return outcome.toFields(forUser);
    case 'list':
      return {
        languages: languages.map(describeChoice),
        contexts: contexts.map(describeChoice),
        templates: templates.map((template) => ({
          ...describeChoice(template),
          context: template.context.id,
        })),
      };
    case 'help':
      return { text: forUser(helpText()) };
    case 'completion':
      return { text: outcome.script };
    case 'version':
    case 'failed':
      return {};
  }
}

type Choice = Readonly<{ id: string; label: string; hint: string }>;

function describeChoice({ id, label, hint }: Choice): Choice {
  return { id, label, hint };
}

function describeError(error: CliError, forUser: Rewrite): object {
  const { kind, message, hint } = error;
  return {
    kind,
    message,
    hint: hint === undefined ? null : forUser(hint),
    inTheWay: error instanceof ConflictError ? error.inTheWay : [],
  };
}
