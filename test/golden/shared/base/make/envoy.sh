# Runs Envoy with a hint below each error that explain.sh knows: sh make/envoy.sh ARGUMENT...
# Ends after Envoy, with its exit status.

pipe=$(mktemp -d)/pipe && mkfifo "$pipe" || exit 1
sh make/explain.sh <"$pipe" >&2 &
exec 3>"$pipe"
rm -r "${pipe%/pipe}"

"$ENVOY" "$@" 2>&3 3>&- &
envoy=$!
exec 3>&-

# A worker that is stuck keeps Envoy from ending.
end_by_force() {
  trap '' INT
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.5 >/dev/null 2>&1
    kill -0 $$ 2>/dev/null || exit
  done
  echo "error: Envoy does not end, and is killed: one of its workers is stuck, perhaps in an endless loop of the filter" >&2
  kill -9 $envoy
}

# Ctrl-C reaches Envoy too. A killed make or a closed terminal tells only this shell.
killer=
trap '[ -n "$killer" ] || { end_by_force & killer=$!; }' INT
trap 'kill $envoy; [ -n "$killer" ] || { end_by_force & killer=$!; }' HUP TERM
wait $envoy
status=$?
# A signal ends only the waiting.
while kill -0 $envoy 2>/dev/null; do
  wait $envoy
  status=$?
done
[ -z "$killer" ] || kill $killer
# For the last hint.
wait
exit "$status"
