# Puts the plugin configuration that plugin.awk has written to PLUGIN into the filter NAME of an Envoy configuration.
# After yaml.awk.

END {
  if (failed) exit 1
  name = "\"" ENVIRON["NAME"] "\""
  getline configuration < ENVIRON["PLUGIN"]
  read_documents()
  for (path in text) {
    if (path !~ /[.]typed_config$/ || text[path ".config.name"] != name) continue
    # Not the service: meshes have none.
    if (text[path ".@type"] ~ /envoy[.]extensions[.]filters[.](http|network)[.]wasm[.]v3[.]Wasm"$/) place(path ".config")
  }
  if (!placed) fail("has no Wasm filter with the name " name " whose configuration could be replaced")
  for (i = 1; i <= NR; i++) {
    if (!(i in dropped)) print source[i]
    if (i in added) print added[i]
  }
}

function place(config,   old, new, i) {
  old = config ".configuration"
  if (!(config ".name") in column) fail("needs a line of its own for each field of the plugin", line[config])
  new = sprintf("%" (column[config ".name"] - 1) "s", "")
  new = new "configuration: { \"@type\": type.googleapis.com/google.protobuf.StringValue, value: \"" configuration "\" }"
  if (old in line) for (i = line[old]; i <= last[old]; i++) dropped[i] = 1
  added[last[config ".name"]] = new
  placed = 1
}
