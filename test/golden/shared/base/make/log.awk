# Shows what the filter logs, with time and level, apart from what Envoy logs: of that, only what went wrong.
# Envoy's lines have the format '%T %l %v': time, level, text.
# Variables: color, if it is wanted; state, the folder for a file `serving` when this Envoy begins to serve, and a file
# `draining` when another one has taken over.

BEGIN {
  if (color) {
    paint["trace"] = paint["debug"] = "\033[2m"
    paint["info"] = "\033[32m"
    paint["warning"] = "\033[33m"
    paint["error"] = paint["critical"] = "\033[31m"
    plain = "\033[0m"
  }
}

/^[0-9][0-9:]+ [a-z]+ / {
  level = $2
  text = substr($0, length($1 $2) + 3)
  is_ours = sub(/^wasm log[^:]*: /, "", text)
  shown = is_ours || level ~ /^(error|critical)$/
  if (shown) printf "%s %s%-8s%s %s%s\n", $1, paint[level], level, plain, is_ours ? "" : "Envoy: ", text
  else if (text == "starting main dispatch loop") mark("serving")
  else if (text == "closing and draining listeners") mark("draining")
  fflush()
  next
}

# What follows an entry: the rest of its text, or a hint.
shown || /^hint: / { print; fflush() }

function mark(name) {
  if (!state) return
  print > (state "/" name)
  close(state "/" name)
}
