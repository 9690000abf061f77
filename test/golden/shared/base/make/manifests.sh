# Prints manifests with IMAGE in the lines that end in `# IMAGE`, and its digest in those that end in `# DIGEST`:
# sh make/manifests.sh FILE...

digest=$("$ORAS" resolve --plain-http="$PLAIN_HTTP" "$IMAGE") || exit 1

for file; do
  echo '---'
  sed -E \
    -e "s|(url: (oci://)?)[^ ]+ # IMAGE\$|\1$IMAGE # IMAGE|" \
    -e "s|(sha256: ).* # DIGEST\$|\1\"${digest#sha256:}\" # DIGEST|" "$file"
done
