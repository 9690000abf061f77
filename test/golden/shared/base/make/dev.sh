# Runs Envoy with the filter, builds what is saved, and swaps it in: sh make/dev.sh SED_OPTION...
#
# The options of sed put ports into envoy-bootstrap.yml. The environment has ENVOY, MAKE_COMMAND, MODULE as the bootstrap
# has it, WATCH (files and folders), COMPILER (a command, or nothing), LOG and TRY.

case $LOG in
  trace | debug | info | warning | error | critical | off) ;;
  *)
    echo "error: LOG is '$LOG', expected trace, debug, info, warning, error, critical or off; for example: make dev LOG=debug" >&2
    exit 1
    ;;
esac

built=build/dev/plugin.wasm
state=build/dev/$$
serving=
color=
[ ! -t 1 ] || [ -n "$NO_COLOR" ] || [ "$TERM" = dumb ] || color=1

for part in watch build swap try; do . "make/$part.sh"; done

# In seconds: whole ones, if date knows no others.
now() { date +%s.%N | sed 's/[.]N//'; }

say() {
  if [ -n "$color" ]; then printf '\033[1m%s\033[0m\n' "$1"; else printf '%s\n' "$1"; fi
}

# Says what is wrong. Shows the compiler's output or Envoy's log below it.
complain() {
  if [ -n "$serving" ]; then say "$names: $1; $serving is still serving"; else say "$names: $1; no filter is serving yet"; fi
  if [ -s "$state/log" ]; then show_log <"$state/log"; else sed '/^make.*: \*\*\* /d' "$state/output"; fi
}

# Builds, checks and swaps in what is there now.
update() {
  names=$(printf '%s\n' "$changed" | awk '
    NR > 3 { more++; next }
    { text = text (text ? ", " : "") $0 }
    END { print text (more ? " and " more " more" : "") }')
  : >"$state/output" >"$state/log"
  build || { complain 'does not build'; return; }
  sed -E "$@" envoy-bootstrap.yml >"$state/next.yml"
  sum=$(list_named | while read -r file; do cat "$file"; done | cat "$built" "$state/next.yml" - | cksum)
  id=$(printf %06x $((${sum%% *} % 16777216)))
  if [ "$id" = "$serving" ] && is_running; then report 'unchanged, still '; return; fi
  sed "s|$MODULE|$built|" "$state/next.yml" >"$state/envoy.yml.new"
  check "$state/envoy.yml.new" || { complain 'Envoy rejected it'; return; }
  cp "$built" "$state/plugin.wasm"
  sed "s|$MODULE|$state/plugin.wasm|" "$state/next.yml" >"$state/envoy.yml"
  swap || { is_running || serving=; complain 'Envoy did not start serving it'; return; }
  serving=$id
  report
  [ -n "$shown" ] || sh make/tries.sh "$state/envoy.yml"
  shown=1
  try
}

# Says what is serving, and shows the compiler's warnings.
report() {
  say "$names: built $((($(wc -c <"$built") + 500) / 1000)) kB, ${1}serving $serving after $(awk "BEGIN { printf \"%.1f\", $(now) - $seen }") s"
  if grep -qi warning "$state/output"; then cat "$state/output"; fi
}

# Called while nothing changes. Starts an Envoy that has ended, and ends one that should have.
look_after() {
  end_old
  is_running || [ -z "$serving" ] || {
    say 'Envoy has ended; restarting it'
    if start_first; then say "serving $serving again"; else serving=; say 'Envoy does not start; no filter is serving'; fi
  }
}

clean_up() {
  # Some shells report what is killed.
  exec 2>/dev/null
  trap '' INT TERM HUP
  stop_compiler
  stop
  kill -9 "$watcher"
  rm -rf "$state"
}

mkdir -p "$state" || exit 1
# Cleans up if this shell or make is killed.
(
  trap '' INT TERM HUP
  while kill -0 $$ && kill -0 $PPID; do sleep 0.2; done
  kill $$
  sleep 1
  kill -9 $$
  stop_compiler
  stop
  rm -rf "$state"
) >/dev/null 2>&1 </dev/null &
watcher=$!
trap 'exit 0' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap clean_up EXIT

sed -E "$@" envoy-bootstrap.yml >"$state/next.yml"
sh make/ports.sh "$state/next.yml" dev || exit 1
started= shown=
sums=$(read_sums)
seen=$(now)
changed='at start'
update "$@"
started=1
start_compiler
while :; do
  await_change look_after
  update "$@"
done
