# How `make dev` runs Envoy, and replaces it by hot restart: the new Envoy takes over the listeners, the old one answers
# the requests that it has and ends after two seconds. While an Envoy runs, its process id is in $state/runs.NUMBER.

number=0

case $("$ENVOY" --hot-restart-version 2>&1 </dev/null) in
  [0-9]*) cold= ;;
  *) cold='has no hot restart' ;;
esac

# mawk reads lines from a pipe as they come only if it is told to.
case $(awk -W version </dev/null 2>&1) in
  mawk*) awk='awk -W interactive' ;;
  *) awk=awk ;;
esac

# Shows a log. Writes $state/serving when an Envoy in it begins to serve, $state/draining when the next one has taken over.
show_log() { sh make/explain.sh | $awk -v color="$color" -v state="$state" -f make/log.awk; }

# Loads a configuration in an Envoy that does not serve, and prints why it cannot. A hot restart that fails would be the
# last that Envoy accepts.
check() {
  sed -E 's/(port_value: *)[0-9]+/\10/' "$1" >"$state/check.yml"
  "$ENVOY" --config-path "$state/check.yml" --mode init_only --disable-hot-restart -l error --log-format '%T %l %v' \
    >"$state/log" 2>&1 </dev/null
}

# Starts an Envoy and waits until it serves. Fails if it ends instead.
start() {
  number=$((number + 1))
  rm -f "$state/serving" "$state/draining"
  : >"$state/runs.$number"
  {
    # They are for Envoy. This shell has to live on to notice its end.
    trap '' INT TERM HUP
    sh -c 'echo $$ >"$0"; exec "$@"' "$state/runs.$number" "$ENVOY" --config-path "$state/envoy.yml" "$@" \
      --concurrency 2 --drain-strategy immediate --drain-time-s 1 --parent-shutdown-time-s 2 \
      -l error --component-log-level "main:info,wasm:$LOG" --log-format '%T %l %v' 2>&1 </dev/null 3<&- 4<&-
    rm -f "$state/runs.$number"
  } 2>/dev/null | show_log &
  until [ -e "$state/serving" ] && { [ -e "$state/draining" ] || [ ! -e "$state/runs.$((number - 1))" ]; }; do
    is_running || return 1
    sleep 0.02
  done
  started_at=$(date +%s)
}

is_running() { [ -e "$state/runs.$number" ]; }

# Ends the Envoy that was replaced, if it does not end by itself.
end_old() {
  old=$state/runs.$((number - 1))
  [ -s "$old" ] && [ $(($(date +%s) - started_at)) -ge 5 ] || return 0
  kill -9 "$(cat "$old")" 2>/dev/null &&
    say "The old Envoy did not end, and was killed: one of its workers is stuck, perhaps in an endless loop of the filter"
  while [ -e "$old" ]; do sleep 0.02; done
}

# Starts an Envoy that replaces none. One that has waited for a child that died would wait for ever.
start_first() {
  stop
  epoch=0
  refuses=
  if [ -z "$cold" ]; then
    start --use-dynamic-base-id --base-id-path "$state/base" && base=$(cat "$state/base") && return
  fi
  start --disable-hot-restart || return
  cold=${cold:-cannot use shared memory for a hot restart}
  [ -n "$told" ] || say "This Envoy $cold, so each swap breaks connections"
  told=1
}

# Replaces the running Envoy, if there is one.
swap() {
  if [ -n "$cold$refuses" ] || ! is_running; then
    start_first
    return
  fi
  # A third Envoy would end the first before it has answered.
  while [ -e "$state/runs.$((number - 1))" ]; do
    end_old
    sleep 0.05
  done
  epoch=$((epoch + 1))
  start --base-id "$base" --restart-epoch $epoch && return
  # The old Envoy is still there, but would refuse every other one.
  number=$((number - 1))
  refuses=1
  return 1
}

# Ends every Envoy and removes the memory that they have shared. By force: one that loses its parent retries for long.
stop() {
  patience=100
  while set -- "$state"/runs.* && [ -e "$1" ]; do
    kill -9 $(cat "$@") 2>/dev/null
    [ $((patience -= 1)) -gt 0 ] || rm -f "$@"
    sleep 0.05
  done
  [ ! -s "$state/base" ] || rm -f "/dev/shm/envoy_shared_memory_$(cat "$state/base")0"
}
