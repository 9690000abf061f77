import { quote } from '../command-line.ts';
import { type Completed, command } from './index.ts';

/** Works as a file in a folder of $fpath, and if it is sourced after compinit. */
export function zshScript(options: readonly Completed[]): string {
  return `#compdef ${command}
# Completion of ${command} in zsh.
${options.flatMap(formatFunction).join('\n')}
_${command}() {
  _arguments -s -S \\
${options.map((option) => `    ${formatSpec(option)} \\`).join('\n')}
    '1:directory:_files -/'
}

if [[ $funcstack[1] == _${command} ]]; then
  _${command} "$@"
else
  compdef _${command} ${command}
fi`;
}

function formatSpec({ name, short, help, choices }: Completed): string {
  const value = choices === undefined ? '' : `:${name}:${nameFunction(name)}`;
  const text = quote(`[${help.replace(/[[\]\\]/g, '\\$&')}]${value}`);
  const [long, letter] = choices === undefined ? [`--${name}`, `-${short}`] : [`--${name}=`, `-${short}+`];
  return short === undefined ? `${long}${text}` : `'(-${short} --${name})'{${letter},${long}}${text}`;
}

function formatFunction({ name, choices, takesPath }: Completed): readonly string[] {
  if (choices === undefined) return [];
  const items = choices.map(({ id, hint }) => {
    // _describe reads a backslash as quoting a colon.
    const described = hint === undefined ? id : `${id}:${hint.replaceAll('\\', '\\\\')}`;
    return `    ${quote(described)}`;
  });
  return [
    `${nameFunction(name)}() {
  local -a choices=(
${items.join('\n')}
  )
  _describe ${name} choices${takesPath ? ' || _files -/' : ''}
}
`,
  ];
}

function nameFunction(option: string): string {
  return `_${command}_${option}`;
}
