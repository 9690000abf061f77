# Makes sure that the marked ports of an Envoy configuration are free: sh make/ports.sh CONFIGURATION TARGET
# Hints name the make target.

sh make/tools.sh curl || exit 1

sed -nE 's/.*port_value: ([^ ]+).*# ([A-Z_]*PORT)$/\2 \1/p' "$1" | sort -u | while read -r name port; do
  expr "$port" : '[1-9][0-9]*$' >/dev/null && [ "$port" -le 65535 ] || {
    echo "error: $name is '$port', expected a number from 1 to 65535; for example: make $2 $name=9090" >&2
    exit 1
  }
  curl -so /dev/null --noproxy '*' --max-time 1 "http://127.0.0.1:$port"
  [ $? = 7 ] || {
    echo "error: $name $port is taken; choose another: make $2 $name=NUMBER" >&2
    exit 1
  }
done
