# What `make dev TRY=1` does after each swap: runs what the bootstrap says to try, and shows what has changed in the output.

try() {
  [ -n "$TRY" ] || return 0
  sh make/tries.sh "$state/envoy.yml" | sed 's/^Try it: //' | while read -r command; do
    echo "  $command"
    printf '%s\n' silent show-error 'max-time = 10' >"$state/.curlrc"
    case $command in
      *telnet:*) ;;
      *) printf '%s\n' 'write-out = "\nstatus %{http_code}\n"' >>"$state/.curlrc" ;;
    esac
    last=$state/try.$(printf %s "$command" | cksum | tr ' ' .)
    CURL_HOME=$state sh -c "$command" 2>&1 </dev/null | hide_noise >"$state/try"
    if [ ! -e "$last" ]; then sed 's/^/    /' "$state/try"
    elif cmp -s "$last" "$state/try"; then echo '    same output'
    else diff "$last" "$state/try" | sed -nE 's/^</    -/p; s/^>/    +/p' | head -n 20
    fi
    mv "$state/try" "$last"
  done
}

# Leaves out empty lines, and what differs each time: ids, dates, durations and the client's port.
hide_noise() {
  sed -E -e '/^$/d' -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.../' -e 's/^(date|x-envoy-upstream-service-time): .*/\1: .../' \
    -e 's/(127\.0\.0\.1:)[0-9]{5}/\1.../'
}
