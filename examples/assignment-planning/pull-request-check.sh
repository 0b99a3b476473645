#!/bin/sh
# pull-request-check.sh MANIFEST…: what these would change of a cluster that kubectl may read. CLASSPATH has this example. Exits with 1,
# and says why, if an object would be left aside or a pod would lose an identity.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
kubectl get nodes,pods,azureidentities,azureidentitybindings --all-namespaces -o yaml >"$folder/cluster.yaml"
# The manifests come last: an object takes the place of an earlier one of the same name.
for file in "$folder/cluster.yaml" "$@"; do
  cat "$file"
  echo
  echo ---
done >"$folder/proposed.yaml"
java io.podidentity.example.planning.PlanCheck "$folder/cluster.yaml" "$folder/proposed.yaml"
