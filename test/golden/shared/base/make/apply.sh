# Applies a manifest with IMAGE if it can work in that cluster, and says whether it does: sh make/apply.sh FILE

. make/context.sh
manifest=$(sh make/manifests.sh "$1") || exit 1

apply() {
  printf '%s\n' "$manifest" | in_context apply ${NAMESPACE:+"--namespace=$NAMESPACE"} --validate=strict "$@" -f -
}

# A Go template: the resource as the server would store it, in a line; then a line for each target.
STORED='resource {{.kind}} {{.metadata.name}} {{.metadata.namespace}}{{"\n"}}'
STORED=$STORED'{{range .spec.targetRefs}}target {{.kind}}{{with .group}}.{{.}}{{end}} {{.name}}{{"\n"}}{{end}}'
STORED=$STORED'{{with .spec.selector}}pods {{range $key, $value := .matchLabels}}{{$key}}={{$value}},{{end}}{{"\n"}}{{end}}'

stored=$(apply --dry-run=server -o go-template="$STORED") ||
  fail "the cluster of the context '$context' refuses $1; its reason is above, and nothing has changed" \
    'correct the manifest, install the mesh, or choose another cluster with CONTEXT=name'
read -r _ kind name namespace <<STORED
$stored
STORED
echo "Applying $kind $name to the context '$context', namespace '$namespace'."

# The place where Istio looks for settings of all namespaces.
everywhere=
[ "$namespace" != istio-system ] || everywhere=--all-namespaces

while read -r what target value; do
  case $what in
    target)
      in_context get "$target" "$value" --namespace="$namespace" >/dev/null || fail \
        "there is no ${target%%.*} '$value' in the namespace '$namespace', so nothing would run the filter" \
        "set targetRefs in $1, or choose another namespace with NAMESPACE=name" ;;
    pods)
      found=$(in_context get pods --selector="${target%,}" --namespace="$namespace" $everywhere -o name) || exit 1
      [ -n "$found" ] || fail \
        "no pod in the namespace '$namespace' has the labels ${target%,}, so nothing would run the filter" \
        "set the selector in $1, or choose another namespace with NAMESPACE=name" ;;
  esac
done <<STORED
$stored
STORED

# No mesh reports a plugin configuration that the module refuses. The tag may have moved since an earlier pull.
"$MAKE_COMMAND" --no-print-directory pull >/dev/null || exit 1
"$MAKE_COMMAND" --no-print-directory check CONFIG="$1" || fail \
  "the filter refuses its plugin configuration in $1; its reason is above, and nothing has changed" \
  "correct it, and try it with: make check CONFIG=$1"

apply || exit 1

if [ "$kind" != EnvoyExtensionPolicy ]; then
  echo 'Applied. Istio does not report whether its proxies run the filter. Where one cannot, its log has the reason:'
  echo "  kubectl --context=$context --namespace=$namespace logs POD --container=istio-proxy | grep -i wasm"
  exit
fi

# Whether each Gateway accepts the policy as it is now, and why not: a line each.
ACCEPTED='{{$now := .metadata.generation}}{{range .status.ancestors}}{{range .conditions}}'
ACCEPTED=$ACCEPTED'{{if eq .type "Accepted"}}{{if eq .observedGeneration $now}}{{.status}} {{.reason}}: {{.message}}{{"\n"}}'
ACCEPTED=$ACCEPTED'{{end}}{{end}}{{end}}{{end}}'

seconds=0
while accepted=$(in_context get "$kind" "$name" --namespace="$namespace" -o go-template="$ACCEPTED"); do
  refusal=$(printf '%s\n' "$accepted" | sed -n 's/^False //p')
  [ -z "$refusal" ] || fail "not in effect: Envoy Gateway refuses it: $refusal" \
    "correct $1 and deploy again; make undeploy-envoy-gateway removes it"
  [ -z "$accepted" ] || {
    echo 'In effect: Envoy Gateway accepts it.'
    exit
  }
  [ $((seconds += 1)) -lt 30 ] || fail 'not in effect: Envoy Gateway has not reported on it for 30 seconds' \
    "see whether it runs: kubectl --context=$context --namespace=envoy-gateway-system get pods"
  sleep 1
done
exit 1
