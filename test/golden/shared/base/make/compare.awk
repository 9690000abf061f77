# Compares the plugin configuration of each manifest with that of envoy-bootstrap.yml, the first file. Both are JSON.
# If that has several, a field that they have in common must be the same.
# What a manifest's line that ends in `# DIFFERS` sets may be something else.

FNR == 1 { block = 0 }
{ indent = match($0, /[^ ]/) }
indent && indent <= block { block = 0 }
block && !/^ *#|"@type":/ { read_json($0) }
# What is indented deeper, below this, is the configuration.
FILENAME == ARGV[1] ? /^ *configuration:/ : /^ *(pluginConfig|config):/ { block = indent; depth = 0 }

END {
  for (i = 1; i <= count; i++) {
    split(place[i], part, SUBSEP)
    if (part[1] != ARGV[1]) compare(part[1], part[2])
    else for (file = 2; file < ARGC; file++) if (!((ARGV[file], part[2]) in value)) compare(ARGV[file], part[2])
  }
  if (failed) print "Make them the same, or end the line in the manifest with `# DIFFERS`."
  exit failed
}

function read_json(line,   differs, token) {
  differs = line ~ / # DIFFERS$/
  sub(/ #[^"]*$/, "", line)
  while (match(line, /"([^"\\]|\\.)*" *:?|[{}]|\[|\]|true|false|null|-?[0-9][-+.0-9eE]*/)) {
    token = substr(line, RSTART, RLENGTH)
    line = substr(line, RSTART + RLENGTH)
    read_token(token, differs)
  }
}

function read_token(token, differs) {
  if (token ~ /^".*:$/) {
    sub(/" *:$/, "", token)
    name[depth] = substr(token, 2)
    if (differs) free[FILENAME, path()]
    return
  }
  if (token ~ /^[}]|^\]/) { depth--; return }
  if (element[depth]) name[depth] = element[depth]++
  if ((FILENAME, path()) in value && value[FILENAME, path()] != token) {
    failed = 1
    printf "error: %s:%d: `%s` is %s, above %s\n", FILENAME, FNR, substr(path(), 2), token, value[FILENAME, path()]
  }
  place[++count] = FILENAME SUBSEP path()
  value[FILENAME, path()] = token
  where[FILENAME, path()] = FILENAME ":" FNR
  if (token ~ /^[{]|^\[/) element[++depth] = token == "["
}

# Of the field that is being read, or, in a list, the number of the element.
function path(  i, joined) {
  for (i = 1; i <= depth; i++) joined = joined "." name[i]
  return joined
}

function compare(file, field,   prefix, own, other) {
  for (prefix in free) if (index(file SUBSEP field ".", prefix ".") == 1) return
  own = ((file, field) in value) ? value[file, field] : "missing"
  other = ((ARGV[1], field) in value) ? value[ARGV[1], field] : "missing"
  if (own == other) return
  failed = 1
  if ((file, field) in where) file = where[file, field]
  printf "error: %s: `%s` is %s, in %s %s\n", file, substr(field, 2), own, ARGV[1], other
}
