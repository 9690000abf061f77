# Prints what to try while Envoy runs with a configuration, as its comments say: sh make/tries.sh CONFIGURATION

port=$(sed -nE 's/.*port_value: ([0-9]+).*# PORT$/\1/p' "$1" | head -n 1)
sed -nE "s/^# (Try it: .*localhost:)[0-9]+/\1$port/p" "$1"
