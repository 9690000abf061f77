# Passes Envoy's log on, and adds the line of FILE with what the filter rejects. Reads what plugin.awk has written first.

NR <= 2 { next }
NR == FNR {
  field = $0
  sub(/^[0-9]+ /, "", field)
  line[field] = $1
  next
}
/ wasm log / && !why { read_error($0) }
{
  if (why) sub(/the JSON under `configuration` in envoy-bootstrap.yml/, place)
  print
}
END { if (why) print "error: " place ": " why }

# Finds the first field in an error, or the longest that begins there.
function read_error(text,   field, at, best) {
  sub(/.* wasm log [^:]*: */, "", text)
  if (text !~ /^configuration: /) return
  best = length(text) + 1
  for (field in line) {
    at = field == "" ? length(text) : index(" " text, " " field ":")
    if (!at || at > best || at == best && length(field) < length(found)) continue
    best = at
    found = field
  }
  place = ENVIRON["FILE"] ":" line[found]
  sub(/^configuration: /, "", text)
  # It counts from where the configuration begins.
  sub(/ at line [0-9]+ column [0-9]+$/, "", text)
  why = text
}
