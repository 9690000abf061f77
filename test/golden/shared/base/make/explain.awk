# Prints Envoy's log, with a hint below each error that explanations.txt explains. Run by explain.sh.

BEGIN {
  while (!crate && (getline line < "Cargo.toml") > 0) if (line ~ /^name *=/) {
    split(line, part, "\"")
    crate = part[2]
    gsub(/-/, "_", crate)
  }
  while ((getline line < "make/explanations.txt") > 0) {
    if (line ~ /^[^ #]/) pattern[++patterns] = line
    if (sub(/^ +/, "", line)) read_hint(line)
  }
}

{ print }
/^ +[0-9]+: +0x[0-9a-f]+ - / { read_frame(demangle($4)) }
!/^ +[0-9]+: +0x[0-9a-f]+ - / { read_line($0) }
{ fflush() }

# A part of the hint for all patterns since the last hint.
function read_hint(part,   i) {
  if (part ~ /^(Rust|AssemblyScript): /) {
    if ((part ~ /^Rust/) != (crate != "")) return
    sub(/^[A-Za-z]+: /, "", part)
    part = toupper(substr(part, 1, 1)) substr(part, 2)
  }
  if (explained < patterns) {
    first = explained + 1
    explained = patterns
  }
  for (i = first; i <= explained; i++) text[i] = text[i] (text[i] ? ". " : "") part
}

function read_line(line) {
  sub(/^[0-9:]+ [a-z]+ /, "", line)
  # In errors of the configuration, their number is random.
  gsub(/ +/, " ", line)
  if (match(line, / at [^ ]+[.][rt]s:[0-9]+/)) {
    place = substr(line, RSTART + 4, RLENGTH - 4)
    if (place !~ /^(src|assembly)\// || place ~ /^assembly\/(envoy|json)\//) place = ""
  }
  if (line ~ /^Function: .+ failed: /) {
    # What follows is its stack trace. What comes before may be its reason, which may be explained.
    is_crash = 1
    crash_place = place
    found["place"] = place ? " at " place : ""
    place = ""
    if (hinted && NR - hinted < 3) return
  }
  explain(line)
}

# Points at the innermost function of a stack trace that is the filter's own.
function read_frame(name,   file) {
  if (!is_crash || name ~ /^assembly\/(envoy|json)\//) return
  if (name ~ /^start:assembly\//) return point("the top level of " substr(name, 7) ".ts")
  if (name !~ /^assembly\// && !(crate && index(name, crate "::") == 1)) return
  if (match(name, /^assembly\/.*\//)) file = substr(name, 1, RLENGTH - 1) ".ts"
  sub(/^assembly\/.*\/|^[^:]*::/, "", name)
  if (crash_place) file = crash_place
  point("your function `" name "`" (file ? ", " file : ""))
}

function point(where) {
  explain("stack trace: " where)
  is_crash = 0
}

function explain(line,   i) {
  for (i = 1; i <= patterns; i++) if (fits(line, pattern[i])) return give(text[i])
}

# Whether the line is like the pattern, in which <name> stands for any text; keeps that as found[name].
function fits(line, pattern,   name, at) {
  # Such an error follows from others.
  if (sub(/^[.][.][.] /, "", pattern) && hinted && NR - hinted < 30) return 0
  if (!match(pattern, /<[a-z]+>/)) return line == pattern
  if (index(line, substr(pattern, 1, RSTART - 1)) != 1) return 0
  line = substr(line, RSTART)
  while (match(pattern, /<[a-z]+>/)) {
    name = substr(pattern, RSTART + 1, RLENGTH - 2)
    pattern = substr(pattern, RSTART + RLENGTH)
    # What follows it: up to the next <name>, or at the end.
    if (match(pattern, /<[a-z]+>/)) at = index(line, substr(pattern, 1, RSTART - 1))
    else at = length(line) - length(pattern) + 1
    if (at < 1) return 0
    found[name] = substr(line, 1, at - 1)
    line = substr(line, RSTART ? at + RSTART - 1 : at)
  }
  return line == pattern
}

# Envoy repeats its errors; the hint is not repeated below them.
function give(text,   hint) {
  while (match(text, /<[a-z]+>/)) {
    hint = hint substr(text, 1, RSTART - 1) found[substr(text, RSTART + 1, RLENGTH - 2)]
    text = substr(text, RSTART + RLENGTH)
  }
  hint = hint text
  if (!(hint in given) || NR - given[hint] > 30) print "hint: " hint
  given[hint] = hinted = NR
}

# A function's name without what compilers add: `crate::Type::function` of Rust, `assembly/file/Class.function`.
function demangle(name) {
  if (name ~ /^_R/) return demangle_v0(name)
  if (name ~ /::h[0-9a-f]+$/) {
    sub(/::h[0-9a-f]+$/, "", name)
    gsub(/\$LT\$/, "<", name)
    gsub(/\$GT\$/, ">", name)
    gsub(/\$u20\$/, " ", name)
    # A closure.
    sub(/::_?\$u7b\$.*/, "", name)
    gsub(/\.\./, "::", name)
    sub(/^_?</, "", name)
    sub(/ as .*>::/, "::", name)
  }
  sub(/[@~].*/, "", name)
  sub(/#/, ".", name)
  return name
}

# Rust's v0 mangling: tags, then names behind their lengths. Its grammar would take far more code. This finds the crate, the
# type that a method belongs to, and the function.
function demangle_v0(name,   tags, kind, nested, part, parts, path, is_crate, i) {
  if (!match(name, /^_RI?(N[A-Za-z])*([MX](s[0-9A-Za-z]*_)?|Y)?(N[A-Za-z])*C/)) return name
  tags = substr(name, 1, RLENGTH - 1)
  name = substr(name, RLENGTH)
  while (name != "") {
    if (match(name, /^[0-9]+_?/)) {
      # Of the crates, only the first is wanted; closures have no names.
      if (name + 0 && !(is_crate && parts)) part[++parts] = substr(name, RLENGTH + 1, name + 0)
      RLENGTH += name + 0
      is_crate = 0
    } else if (!match(name, /^[sB][0-9A-Za-z]*_/)) {
      is_crate = name ~ /^C/
      RLENGTH = 1
    }
    name = substr(name, RLENGTH + 1)
  }
  if (match(tags, /[MXY]/)) {
    kind = substr(tags, RSTART, 1)
    is_generic = tags ~ /^_RI/
    tags = substr(tags, RSTART)
  }
  gsub(/NC/, "", tags)
  nested = gsub(/N[A-Za-z]/, "", tags)
  path = part[1]
  if (!kind) for (i = 2; i <= nested + 1; i++) path = path "::" part[i]
  if (kind) path = path "::" part[kind == "Y" ? nested + 1 : nested + 2]
  if (kind == "M") path = path "::" part[nested + 3]
  if (kind ~ /[XY]/ && !is_generic) path = path "::" part[parts]
  return path
}
