# Prints manifests with IMAGE in the lines that end in `# IMAGE`, and its digest in those that end in `# DIGEST`:
# sh make/manifests.sh FILE...

digest=$("$ORAS" resolve --plain-http="$PLAIN_HTTP" "$IMAGE") || {
  echo "error: cannot find $IMAGE in its registry; the reason is above" >&2
  echo "hint: to push it, run: make image push IMAGE=$IMAGE; for a private registry, run \`oras login\` first" >&2
  exit 1
}
digest=${digest#sha256:}

# require FILE MARK TEXT EXAMPLE: fails unless a line of the file has the text and ends in the mark.
require() {
  printf '%s\n' "$filled" | grep -Fq "$3 # $2" && return
  echo "error: no line of $1 sets the filter's image and ends in \`# $2\`, so make cannot fill it in" >&2
  echo "hint: end the line like this: $4 # $2" >&2
  exit 1
}

for file; do
  filled=$(sed -E \
    -e "s|(url: (oci://)?)[^ ]+ # IMAGE\$|\1$IMAGE # IMAGE|" \
    -e "s|(sha256: ).* # DIGEST\$|\1\"$digest\" # DIGEST|" "$file") || exit 1
  require "$file" IMAGE "$IMAGE" 'url: registry.example.com/filter:0.1.0'
  require "$file" DIGEST "sha256: \"$digest\"" "sha256: \"$(printf '%064d' 0)\""
  printf '%s\n' --- "$filled"
done
