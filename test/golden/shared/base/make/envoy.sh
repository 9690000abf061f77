# Runs Envoy with a hint below each error that explain.sh knows: sh make/envoy.sh ARGUMENT...
# Ends after Envoy, with its exit status.

pipe=$(mktemp -d)/pipe && mkfifo "$pipe" || exit 1
sh make/explain.sh <"$pipe" >&2 &
exec 3>"$pipe"
rm -r "${pipe%/pipe}"

"$ENVOY" "$@" 2>&3 3>&- &
exec 3>&-

# Ctrl-C reaches Envoy too. A killed make or a closed terminal tells only this shell.
trap : INT
trap 'kill $!' HUP TERM
wait $!
status=$?
# A signal ends only the waiting.
while kill -0 $! 2>/dev/null; do
  wait $!
  status=$?
done
# For the last hint.
wait
exit "$status"
