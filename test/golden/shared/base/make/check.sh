# Loads the module in Envoy with the plugin configuration in CONFIG, a file, in place of the filter's in build/check.yml:
# sh make/check.sh ARGUMENT... passes the arguments to Envoy.

LC_ALL=C PLUGIN=build/check.plugin FILE=$CONFIG
export LC_ALL PLUGIN FILE
if [ "$CONFIG" = - ]; then
  FILE=stdin
elif [ -d "$CONFIG" ] || ! [ -r "$CONFIG" ]; then
  echo "error: CONFIG=$CONFIG is not a file that can be read; expected JSON, or a manifest" >&2
  exit 1
else
  exec <"$CONFIG"
fi
awk -f make/yaml.awk -f make/plugin.awk >"$PLUGIN" || exit 1
FILE=envoy-bootstrap.yml awk -f make/yaml.awk -f make/place.awk <build/check.yml >build/check.new || exit 1
mv build/check.new build/check.yml

sh make/envoy.sh "$@" 2>build/check.log
status=$?
awk -f make/locate.awk "$PLUGIN" build/check.log >&2
[ "$status" = 0 ] || exit "$status"
what=$(sed -n 2p "$PLUGIN")
service=
! grep -q '[.]WasmService$' envoy-bootstrap.yml || service=' The service keeps the configuration in envoy-bootstrap.yml.'
echo "Envoy loads and configures $MODULE with $FILE${what:+ ($what)}.$service"
