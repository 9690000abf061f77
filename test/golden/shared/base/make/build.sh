# How `make dev` builds: by a target of make or, if there is a $COMPILER, by that. It stays in memory, reads lines with the
# names of changed files, and answers each with an exit status.

compiler=

build() {
  if [ -n "$compiler" ]; then
    printf '%s\n' "$changed" | tr '\n' ' ' >&3
    echo >&3
    read -r answer <&4
    case $answer in
      [0-9]*) return "$answer" ;;
    esac
    # It does not compile such a change, or has ended.
    start_compiler
  fi
  # The first time takes longest, and shows its progress.
  if [ -z "$started" ]; then "$MAKE_COMMAND" -s dev-build; else "$MAKE_COMMAND" -s dev-build >>"$state/output" 2>&1; fi
}

start_compiler() {
  [ -n "$COMPILER" ] || return 0
  rm -f "$state/names" "$state/answers"
  mkfifo "$state/names" "$state/answers" 2>/dev/null || { compiler=; return; }
  exec 3<>"$state/names" 4<>"$state/answers"
  {
    sh -c 'echo $$ >"$0"; exec "$@"' "$state/compiler" $COMPILER <"$state/names" 2>>"$state/output"
    echo gone 2>/dev/null
  } >"$state/answers" 3<&- 4<&- &
  compiler=1
}

stop_compiler() { [ ! -s "$state/compiler" ] || kill -9 "$(cat "$state/compiler")" 2>/dev/null; }
