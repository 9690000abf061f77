# Finds the plugin configuration in a file: JSON, or a manifest of the plugin NAME. Prints it as a text in double quotes,
# then what it is, then the line of each field. After yaml.awk.

END {
  if (failed) exit 1
  name = ENVIRON["NAME"]
  if (first == "") fail("is empty")
  documents = read_documents()
  if (strict && !is_manifest(1)) print_configuration("1", "", 1)
  else {
    for (i = 1; i <= documents; i++) find_plugins(i)
    check_count()
    print_configuration(fits, kind_of[fits] " " name, 0)
  }
}

function is_manifest(path) { return text[path ".apiVersion"] ~ /^"/ && text[path ".kind"] ~ /^"/ }

function find_plugins(path,   kind, i) {
  kind = unquote(text[path ".kind"])
  if (kind ~ /List$/) for (i = 0; (path ".items[" i "]") in text; i++) find_plugins(path ".items[" i "]")
  else if (!is_manifest(path)) fail("is neither JSON nor a manifest", line[path])
  else if (kind == "TrafficExtension") add_plugin(path, ".spec.wasm", ".pluginConfig", ".url")
  else if (kind == "WasmPlugin") add_plugin(path, ".spec", ".pluginConfig", ".url")
  else if (kind == "EnvoyExtensionPolicy") {
    for (i = 0; (path ".spec.wasm[" i "]") in text; i++)
      add_plugin(path, ".spec.wasm[" i "]", ".config", ".code.image.url")
  } else others = others (others ? ", " : "") kind
}

# The plugin has the project's name, or its image has.
function add_plugin(path, plugin, field, url,   image, named) {
  image = unquote(text[path plugin url])
  sub(/@.*/, "", image)
  sub(/:[^:\/]*$/, "", image)
  sub(/.*\//, "", image)
  named = unquote(text[path plugin ".name"])
  if (!named) named = unquote(text[path ".metadata.name"])
  plugins = plugins (plugins ? ", " : "") named " (line " line[path plugin] ")"
  if (named != name && unquote(text[path ".metadata.name"]) != name && image != name) return
  fits = path plugin field
  kind_of[fits] = unquote(text[path ".kind"])
  if (!(fits in text)) {
    text[fits] = ""
    line[fits] = line[path plugin]
  }
  count_of_fits++
}

function unquote(json) { return json ~ /^"/ ? substr(json, 2, length(json) - 2) : "" }

function check_count() {
  if (count_of_fits == 1) return
  if (count_of_fits) fail("has several plugins of this project: " plugins "; keep one")
  if (plugins) fail("has no plugin `" name "`, by its name or image, but: " plugins)
  fail("has no TrafficExtension, WasmPlugin or EnvoyExtensionPolicy" (others ? ", but: " others : ""))
}

function print_configuration(path, what, as_it_is,   json, i, node) {
  for (node in doubt) if (index(node ".", path ".") == 1 || index(node, path "[") == 1)
    if (!as_it_is) fail("`" show(node, path) "` " doubt[node], line[node])
  json = text[path]
  if (json == "null") json = ""
  if (as_it_is) {
    json = ""
    for (i = 1; i <= NR; i++) json = json source[i] "\n"
  }
  print quote(json)
  print what (json == "" ? ", which has no configuration" : "")
  print line[path] " "
  for (node in line) if (index(node, path ".") == 1 || index(node, path "[") == 1) print line[node] " " show(node, path)
}

function show(node, path) {
  node = substr(node, length(path) + 1)
  sub(/^[.]/, "", node)
  return replace(replace(node, "\\.", "."), "\\[", "[")
}
