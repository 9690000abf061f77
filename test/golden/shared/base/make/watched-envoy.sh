# Runs Envoy until the test that started it ends: sh make/watched-envoy.sh CONFIGURATION ADMIN_ADDRESS
# The arguments are files: the first is read, the second gets the address of the admin interface.
#
# The input is a pipe from the test process. It ends when that process closes it or ends itself, even by SIGKILL.
# A watcher in the background waits for that, kills Envoy, and removes both files.

# A background process gets no input, except through another descriptor.
exec 3<&0

# $$ is this shell, which becomes Envoy below. Nobody waits for the watcher: it has no share in the output.
{ read -r _ <&3; kill -9 $$; rm -f "$1" "$2"; } >/dev/null 2>&1 &

exec "${ENVOY:?names no Envoy: run the tests by 'make test'}" --disable-hot-restart --concurrency 2 \
  --log-format '%T %l %v' -l error --component-log-level wasm:info \
  --config-path "$1" --admin-address-path "$2" 3<&- </dev/null
