import { formatCommand } from './command-line.ts';
import { contexts } from './contexts.ts';
import { exitCodes } from './errors.ts';
import { languages } from './languages/index.ts';
import { options } from './options.ts';
import { defaults } from './project.ts';
import { templates } from './templates/index.ts';

type Choice = Readonly<{ id: string; hint: string }>;

/** The width of the first column, in characters. */
const width = 25;

const remote = {
  id: 'user/repo, ./folder',
  hint: 'a remote template, also as a URL; #branch, #tag or #commit can follow',
};

export function helpText(): string {
  return `Creates a complete Envoy Proxy-Wasm filter project that builds and tests itself in a real Envoy.

Usage: npm create envoy-filter@latest -- [directory] [options]

The last part of the directory is the filter's name. Prompts for anything omitted.

Options:
${Object.entries(options).map(formatOption).join('\n')}

${choicesText()}

Example:
  ${formatCommand(defaults)}

Exit codes: ${Object.entries(exitCodes)
    .map(([meaning, code]) => `${code} ${meaning}`)
    .join(', ')}; --dry-run exits as the real run would`;
}

/** What there is to choose from. */
export function choicesText(): string {
  return `Languages:
${languages.map(formatChoice).join('\n')}

Context types:
${contexts.map(formatChoice).join('\n')}

Templates:
${templates.map(formatChoice).join('\n')}
${formatChoice(remote)}`;
}

type Option = Readonly<{ type: string; short?: string; help: string }>;

function formatOption([name, option]: readonly [string, Option]): string {
  const short = option.short === undefined ? '   ' : `-${option.short},`;
  const value = option.type === 'string' ? (name === 'completion' ? ' <shell>' : ' <id>') : '';
  return `  ${`${short} --${name}${value}`.padEnd(width)}${option.help}`;
}

function formatChoice({ id, hint }: Choice): string {
  return `  ${id.padEnd(width)}${hint}`;
}
