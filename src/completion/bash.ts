import { type Completed, command } from './index.ts';

/** For bash 3.2, too, which is macOS's. What is not an option or one of its values may be a directory. */
export function bashScript(options: readonly Completed[]): string {
  return `# Completion of ${command} in bash.
_create_envoy_filter() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} words=
  # Bash takes the "=" of --option=value for a word.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $previous in
${options.flatMap(formatCase).join('\n')}
    *) [[ $current == -* ]] && words='${options.map(({ name }) => `--${name}`).join(' ')}' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o dirnames -F _create_envoy_filter ${command}`;
}

function formatCase({ name, short, choices }: Completed): readonly string[] {
  if (choices === undefined) return [];
  const pattern = short === undefined ? `--${name}` : `-${short} | --${name}`;
  return [`    ${pattern}) words='${choices.map(({ id }) => id).join(' ')}' ;;`];
}
