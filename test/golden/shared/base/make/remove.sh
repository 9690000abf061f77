# Removes from a cluster what a manifest describes: sh make/remove.sh FILE

. make/context.sh

echo "Removing what $1 describes from the context '$context'${NAMESPACE:+, namespace '$NAMESPACE'}."
in_context delete ${NAMESPACE:+"--namespace=$NAMESPACE"} -f "$1"
