import { type Completed, command } from './index.ts';

export function fishScript(options: readonly Completed[]): string {
  return `# Completion of ${command} in fish.
complete -c ${command} -f -a '(__fish_complete_directories (commandline -ct))'
${options.map(formatOption).join('\n')}`;
}

function formatOption({ name, short, help, choices, takesPath }: Completed): string {
  return [
    `complete -c ${command} -l ${name}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(choices === undefined ? [] : [takesPath ? '-r -F' : '-x', `-a ${formatChoices(choices)}`]),
    `-d ${quote(help)}`,
  ].join(' ');
}

/** fish reads a list of words in the value, each with its description after a tab. */
function formatChoices(choices: NonNullable<Completed['choices']>): string {
  return quote(choices.map(({ id, hint }) => (hint === undefined ? id : `${id}\\t${quote(hint)}`)).join(' '));
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
