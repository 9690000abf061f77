# Makes sure that the marked ports of an Envoy configuration are free: sh make/ports.sh CONFIGURATION TARGET
# Hints name the make target.

sh make/tools.sh curl || exit 1

ports=$(sed -nE 's/.*port_value: ([^ ]+).*# ([A-Z_]*PORT)$/\2 \1/p' "$1" | sort -u)
printf '%s\n' "$ports" | awk -v target="$2" '
  $2 in name { print "error: " name[$2] " and " $1 " are both " $2 "; choose another: make " target " " $1 "=NUMBER"; exit 1 }
  { name[$2] = $1 }' >&2 || exit 1

printf '%s\n' "$ports" | while read -r name port; do
  expr "$port" : '[1-9][0-9]*$' >/dev/null && [ "$port" -le 65535 ] || {
    echo "error: $name is '$port', expected a number from 1 to 65535; for example: make $2 $name=9090" >&2
    exit 1
  }
  # Connects and sends nothing: a server there must not get a request from here.
  curl -so /dev/null --noproxy '*' --max-time 1 "telnet://127.0.0.1:$port" </dev/null
  [ $? = 7 ] || {
    echo "error: $name $port is already in use; choose another: make $2 $name=NUMBER" >&2
    exit 1
  }
done
