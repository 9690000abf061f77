# Sets `context` to the kubectl context that CONTEXT names, or to the current one. Scripts source this.

# fail ERROR HINT
fail() {
  echo "error: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

context=${CONTEXT:-$(kubectl config current-context 2>/dev/null)}
choose='`kubectl config get-contexts` lists them; choose one with CONTEXT=name'
[ -n "$context" ] || fail 'kubectl has no current context, so there is no cluster' "$choose"
kubectl config get-contexts "$context" >/dev/null 2>&1 || fail "kubectl has no context '$context'" "$choose"

in_context() {
  kubectl --context="$context" "$@"
}
