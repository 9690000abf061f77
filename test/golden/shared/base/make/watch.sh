# What `make dev` watches: the content of files. Nothing else about a file counts, nor do editors' swap files and backups.
# Reading the files again and again also works on mounts that report no events.

# The files that the bootstrap names, such as scripts in Lua.
list_named() { sed -nE 's/.*filename: *"?([^" },]+).*/\1/p' envoy-bootstrap.yml | grep -vxF "$MODULE"; }

# Prints a checksum and the name of each file.
read_sums() (
  IFS='
'
  set -f
  named=$(list_named)
  find -L $(printf '%s\n' "$WATCH" | tr ' ' '\n') envoy-bootstrap.yml $named -type f ! -name '.*' ! -name '#*' ! -name '*~' ! -name '*.sw?' \
    ! -name '*.tmp' ! -name '*.bak' ! -name '*.orig' ! -name '*___jb_???___' ! -name 4913 -exec cksum {} + 2>/dev/null |
    LC_ALL=C sort
)

# Waits until the files differ from $sums and then stay the same for a moment, so that quick saves count as one. Meanwhile
# calls $1 again and again. Sets $seen to the time of the change, and $changed to the names.
await_change() {
  until new=$(read_sums) && [ "$new" != "$sums" ]; do
    "$1"
    sleep 0.2
  done
  seen=$(now)
  until last=$new && sleep 0.1 && new=$(read_sums) && [ "$new" = "$last" ]; do :; done
  changed=$(printf '%s\n' "$sums" "$new" | LC_ALL=C sort | uniq -u | cut -d ' ' -f 3- | sort -u)
  sums=$new
}
