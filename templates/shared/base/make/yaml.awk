# Reads JSON, and the YAML that files for Kubernetes and Envoy consist of; refuses the rest of YAML. FILE is its name.
# `text` has the JSON of each node by its path, such as "1.spec.list[0]" in the first document. In it, `\` stands before a
# `.` or `[` of a name. By path, too: the first and last line, the column of a name that begins a line, and the doubt
# whether other parsers read the same.

BEGIN {
  file = ENVIRON["FILE"]
  count = split("0 \\u0000 a \\u0007 v \\u000b e \\u001b N \\u0085 _ \\u00a0 L \\u2028 P \\u2029", pair, " ")
  for (i = 1; i < count; i += 2) escaped[pair[i]] = pair[i + 1]
  escaped[" "] = " "
  for (i = 0; i < 16; i++) hex[substr("0123456789abcdef", i + 1, 1)] = hex[substr("0123456789ABCDEF", i + 1, 1)] = i
}

{
  sub(/\r$/, "")
  source[NR] = $0
  if (NR == 1 && /^\357\273\277/) fail("begins with a byte order mark; save it without", 1)
  if (/[\001-\010\013\014\016-\037\177]/) fail("has a control character", NR)
  gsub(/[\302-\337][\200-\277]|\340[\240-\277][\200-\277]|[\341-\354\356\357][\200-\277][\200-\277]/, "")
  gsub(/\355[\200-\237][\200-\277]|\360[\220-\277][\200-\277][\200-\277]/, "")
  gsub(/[\361-\363][\200-\277][\200-\277][\200-\277]|\364[\200-\217][\200-\277][\200-\277]/, "")
  if (/[\200-\377]/) fail("is not UTF-8", NR)
  if (first == "" && match($0, /[^ \t]/)) first = substr($0, RSTART, 1)
}

function fail(why, at) {
  if (!failed) print "error: " file (at ? ":" at : "") (strict && at == row ? ":" pos : "") ": " why > "/dev/stderr"
  failed = 1
  exit 1
}

# Reads all documents, and returns how many there are.
function read_documents(  start, count) {
  strict = first ~ /[{[]/
  for (start = 1; start <= NR; start = end + 1) {
    for (end = start; end < NR && (strict || source[end + 1] !~ /^---( |$)/); end++);
    if (!strict) sub(/^---/, "   ", source[start])
    if (!strict && source[end] ~ /^[.][.][.] *$/) source[end] = ""
    row = start
    pos = 1
    if (!skip()) continue
    if (rest() ~ /^%/) fail("YAML directives are not supported", row)
    if (strict) read_flow(++count)
    else read_block(++count, -1)
    if (skip()) fail("unexpected `" rest() "`", row)
  }
  return count
}

function rest() { return substr(source[row], pos) }

# Goes to the next token of the document. Returns whether there is one.
function skip(  spaces) {
  for (; row <= end; row++) {
    match(rest(), /^[ \t]*/)
    spaces = substr(source[row], pos, RLENGTH)
    pos += RLENGTH
    if (rest() != "" && (strict || rest() !~ /^#/ || pos > 1 && spaces == "")) {
      if (!strict && spaces ~ /\t/) fail("has a tab where YAML wants spaces", row)
      return 1
    }
    pos = 1
  }
  return 0
}

function need() {
  if (skip()) return
  row = end
  pos = length(source[row]) + 1
  fail("ends too early", row)
}

# Consumes what matches, and returns it.
function take(pattern,   token) {
  if (!match(rest(), pattern)) return ""
  token = substr(source[row], pos, RLENGTH)
  pos += RLENGTH
  used = row
  return token
}

function keep(path, json) {
  last[path] = used
  return text[path] = json
}

function is_item() { return rest() ~ /^-( |$)/ }

function is_name(  start) {
  start = rest()
  if (start ~ /^"([^"\\]|\\.)*" *:( |$)|^'([^']|'')*' *:( |$)/) return 1
  if (start ~ /^["'{[|>#]/) return 0
  sub(/ #.*/, "", start)
  return start ~ /:( |$)/
}

# Reads the node that begins here; what goes on in other lines is indented by more than `parent`.
function read_block(path, parent,   json) {
  if (!(path in line)) line[path] = row
  if (++depth > 60) fail("is nested too deep", row)
  if (is_item()) json = read_list(path, pos)
  else if (is_name()) json = read_map(path, pos)
  else json = read_value(path, parent)
  depth--
  return keep(path, json)
}

function read_list(path, own,   json, i) {
  for (i = 0; skip() && pos == own && is_item(); i++) {
    line[path "[" i "]"] = row
    take("^-")
    json = json (i ? "," : "") read_below(path "[" i "]", own - 1, 0)
  }
  if (row <= end && pos > own) fail("is indented too far", row)
  return "[" json "]"
}

function read_map(path, own,   json, i, child) {
  for (i = 0; skip() && pos == own && !(i && is_item()); i++) {
    if (!is_name()) fail("expected `name: value`", row)
    child = read_name(path)
    column[child] = own
    take("^ *:")
    json = json (i ? "," : "") name_json ":" 
    json = json read_below(child, own - 1, 1)
  }
  if (row <= end && pos > own) fail("is indented too far", row)
  return "{" json "}"
}

# Reads what follows a name or the `-` of an item.
function read_below(path, parent, after_name,   from) {
  from = row
  if (!skip()) return keep(path, "null")
  if (row == from && after_name) {
    if (is_item() || is_name()) fail("unexpected `" rest() "`; quote it if it is a text", row)
    return keep(path, read_value(path, parent))
  }
  if (row == from || pos - 1 > parent || after_name && pos - 1 == parent && is_item()) return read_block(path, parent)
  return keep(path, "null")
}

# Returns the path of the field; its name is in name_json.
function read_name(path,   name, from) {
  from = row
  if (rest() ~ /^"/) name_json = read_quoted("\"")
  else if (strict) fail("expected a name in double quotes", row)
  else if (rest() ~ /^'/) name_json = read_quoted("'")
  else {
    check_plain()
    match(rest(), / *:( |$)/)
    name = RSTART ? substr(rest(), 1, RSTART - 1) : rest()
    pos += length(name)
    name_json = resolve(name, "")
    if (name == "<<" || "" in doubt || name_json !~ /^"/) fail("unexpected `" name "`; quote it if it is a name", row)
  }
  name = substr(name_json, 2, length(name_json) - 2)
  path = path "." replace(replace(name, ".", "\\."), "[", "\\[")
  if (path in line && !strict) fail("has `" name "` again", row)
  line[path] = from
  return path
}

function check_plain(  start) {
  start = rest()
  if (start ~ /^[&*]/) fail("anchors and aliases of YAML (`&`, `*`) are not supported; repeat the value", row)
  if (start ~ /^[!?]( |$)|^!/) fail("`" substr(start, 1, 1) "` of YAML is not supported", row)
  if (start ~ /^[],}%@`|>#]|^[-:]( |$)/) fail("unexpected `" start "`", row)
}

function read_value(path, parent,   json) {
  if (rest() ~ /^[|>]/) return read_lines(parent)
  if (rest() !~ /^["'{[]/) {
    check_plain()
    return read_plain(path, parent)
  }
  json = rest() ~ /^[{[]/ ? read_flow(path) : read_quoted(substr(rest(), 1, 1))
  if (rest() !~ /^ *( #.*)?$/) fail("unexpected `" rest() "`", row)
  return json
}

# JSON's form: `{ … }` or `[ … ]`.
function read_flow(path,   json, i, open, child) {
  if (!(path in line)) line[path] = row
  if (++depth > 60) fail("is nested too deep", row)
  open = take("^[{[]")
  for (i = 0; ; i++) {
    need()
    if (rest() ~ /^[]}]/ && !(strict && i)) break
    child = path "[" i "]"
    if (open == "{") {
      child = read_name(path)
      need()
      if (take("^:") == "") fail("expected `:`", row)
      json = json (i ? "," : "") name_json ":"
    } else json = json (i ? "," : "")
    json = json read_element(child)
    need()
    if (take("^,") == "") break
  }
  if (take(open == "{" ? "^[}]" : "^[]]") == "") fail("expected `,` or `" (open == "{" ? "}" : "]") "`", row)
  depth--
  return keep(path, "{" == open ? "{" json "}" : "[" json "]")
}

function read_element(path,   token) {
  need()
  if (!(path in line)) line[path] = row
  if (rest() ~ /^[{[]/) return read_flow(path)
  if (rest() ~ /^"/ || !strict && rest() ~ /^'/) return keep(path, read_quoted(substr(rest(), 1, 1)))
  if (!strict) check_plain()
  match(rest(), /[],}[{]|:( |$)| #|$/)
  token = substr(rest(), 1, RSTART - 1)
  sub(/[ \t]+$/, "", token)
  if (strict && token !~ /^(true|false|null|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?)$/)
    fail(token == "" ? "expected a value" : "unexpected `" token "`", row)
  pos += length(token)
  used = row
  return keep(path, resolve(token, path))
}

# A text in quotes, which may go on in the next lines.
function read_quoted(mark,   json, part, joined) {
  for (pos++; ; ) {
    if (match(rest(), mark == "'" ? "^([^']|'')*'" : "^([^\"\\\\]|\\\\.)*\"") && !(mark == "'" && substr(rest(), RLENGTH + 1, 1) == mark)) {
      part = substr(rest(), 1, RLENGTH - 1)
      if (strict && part ~ /\t/) fail("has a tab in a text; write \\t", row)
      pos += RLENGTH
      used = row
      return "\"" json (mark == "'" ? quote(replace(part, "''", "'")) : convert(part)) "\""
    }
    if (strict) fail("a text does not end", row)
    part = rest()
    joined = mark == "\"" && is_escaping(part) && sub(/\\$/, "", part)
    if (!joined) sub(/ +$/, "", part)
    # A space that is escaped stays.
    if (!joined && mark == "\"" && is_escaping(part)) part = part " "
    json = json (mark == "'" ? quote(replace(part, "''", "'")) : convert(part)) go_on(joined)
  }
}

# Whether what follows is escaped.
function is_escaping(part) { return part ~ /(^|[^\\])(\\\\)*\\$/ }

# Goes to the next line of a value, and returns the JSON of the line break.
function go_on(joined,   breaks) {
  for (breaks = 1; row + breaks <= end && source[row + breaks] ~ /^ *$/; breaks++);
  if (row + breaks > end) fail("a text does not end", row)
  row += breaks
  match(source[row], /^ */)
  pos = RLENGTH + 1
  if (breaks == 1) return joined ? "" : " "
  return repeat("\\n", breaks - 1)
}

function repeat(part, times,   whole) {
  while (times-- > 0) whole = whole part
  return whole
}

# The JSON of a text in double quotes.
function convert(part,   json, at, name) {
  while (at = index(part, "\\")) {
    name = substr(part, at + 1, 1)
    json = json substr(part, 1, at - 1)
    part = substr(part, at + 2)
    if (name != "" && index("\"\\/bfnrt", name)) json = json "\\" name
    else if (name == "u" && part ~ /^[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]/) json = json "\\u"
    else if (!strict && name == "x" && part ~ /^[0-9a-fA-F][0-9a-fA-F]/) json = json "\\u00"
    else if (!strict && name == "U" && part ~ /^00[01][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]/) {
      json = json convert_astral(substr(part, 1, 8))
      part = substr(part, 9)
    } else if (!strict && name in escaped) json = json escaped[name]
    else fail("`\\" name "` is not valid in double quotes", row)
  }
  return replace(json part, "\t", "\\t")
}

# As a surrogate pair.
function convert_astral(digits,   number, i) {
  for (i = 1; i <= 8; i++) number = number * 16 + hex[substr(digits, i, 1)]
  if (number < 65536) return sprintf("\\u%04x", number)
  number -= 65536
  return sprintf("\\u%04x\\u%04x", 55296 + int(number / 1024), 56320 + number % 1024)
}

# A value without quotes, which may go on in the next lines.
function read_plain(path, parent,   value, part, commented, breaks) {
  for (;;) {
    part = rest()
    commented = sub(/ +#.*/, "", part)
    sub(/ +$/, "", part)
    if (part ~ /:( |$)/) fail("unexpected `:` in `" part "`; quote it if it is a text", row)
    if (part ~ /\t/) fail("has a tab in a value without quotes", row)
    value = value part
    used = row
    for (breaks = 1; row + breaks <= end && source[row + breaks] ~ /^ *$/; breaks++);
    match(source[row + breaks], /^ */)
    if (commented || row + breaks > end || RLENGTH <= parent || source[row + breaks] ~ /^ *#/) break
    row += breaks
    pos = RLENGTH + 1
    value = value (breaks == 1 ? " " : repeat("\n", breaks - 1))
  }
  pos = length(source[row]) + 1
  return resolve(value, path)
}

# The JSON of a value without quotes, as Kubernetes reads it.
function resolve(value, path,   number) {
  if (value ~ /^(~|null|Null|NULL)?$/) return "null"
  if (value ~ /^(true|True|TRUE|false|False|FALSE)$/) return tolower(value)
  if (value ~ /^([yYnN]|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)$/) doubt[path] = "is a text or a boolean; quote it, or write true or false"
  if (value ~ /^[-+]?([0-9][0-9_]*([.][0-9_]*)?([eE][-+]?[0-9]+)?|[.][0-9][0-9_]*([eE][-+]?[0-9]+)?)$/) {
    number = value
    sub(/^[+]/, "", number)
    if (number ~ /^-?0[0-9]|_/) doubt[path] = "is a number or a text; quote it, or write a plain number"
    else return resolve_number(number, path)
  }
  if (value ~ /^[-+]?(0[xob][0-9a-fA-F_]+|[.](inf|Inf|INF)|[.](nan|NaN|NAN))$/)
    doubt[path] = "is a number or a text; quote it, or write a plain number"
  return "\"" quote(value) "\""
}

# Kubernetes and Istio keep numbers as 64-bit floating point: 1.0 and 1e3 become 1 and 1000.
function resolve_number(number, path,   value) {
  value = number + 0
  if (value >= 9007199254740992 || value <= -9007199254740992) {
    doubt[path] = "is from 2^53 on, where meshes round numbers; write a text"
    return number
  }
  # Some awks read the smallest numbers as 0.
  if (value == int(value) && (value || number !~ /[1-9]/)) return sprintf("%.0f", value)
  sub(/^[.]/, "0.", number)
  sub(/^-[.]/, "-0.", number)
  sub(/[.][eE]/, "e", number)
  return number
}

# A block of lines: `|` or `>`, with the lines below.
function read_lines(parent,   header, indent, lines, n, blank, value, piece, i) {
  header = take("^[|>][-+0-9]*")
  if (rest() !~ /^ *( #.*)?$/) fail("unexpected `" rest() "`", row)
  indent = -1
  if (match(header, /[1-9]/)) indent = (parent < 0 ? 0 : parent) + substr(header, RSTART, 1)
  for (row++; row <= end; row++) {
    match(source[row], /^ */)
    if (RLENGTH < length(source[row])) {
      if (indent < 0 ? RLENGTH <= parent : RLENGTH < indent) break
      if (indent < 0) indent = RLENGTH
      used = row
    }
    piece = indent < 0 ? "" : substr(source[row], indent + 1)
    lines[++n] = piece
  }
  pos = 1
  for (blank = 0; n && lines[n] ~ /^$/; n--) blank++
  for (i = 1; i <= n; i++) value = value lines[i] (i < n ? break_after(header, lines, i) : "")
  if (n && header !~ /-/) value = value "\n"
  if (header ~ /[+]/) value = value repeat("\n", blank)
  return "\"" quote(value) "\""
}

# After `>`, one line break is a space, unless a line beside it is empty or indented further.
function break_after(header, lines, i) {
  if (header !~ /^>/ || lines[i + 1] ~ /^[ \t]/ || lines[i] ~ /^[ \t]/) return "\n"
  if (lines[i] == "") return "\n"
  if (lines[i + 1] != "") return " "
  # The first of several, unless what follows is indented further.
  while (lines[++i] == "");
  return lines[i] ~ /^[ \t]/ ? "\n" : ""
}

function replace(value, old, new,   at, whole) {
  while (at = index(value, old)) {
    whole = whole substr(value, 1, at - 1) new
    value = substr(value, at + length(old))
  }
  return whole value
}

function quote(value) {
  value = replace(replace(value, "\\", "\\\\"), "\"", "\\\"")
  return replace(replace(value, "\n", "\\n"), "\t", "\\t")
}
