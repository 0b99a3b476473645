#!/usr/bin/env bash
# Gives the identity of an AKS cluster the roles that MIC needs, by az, which has to be logged in; it may be run again. Variables:
#   SUBSCRIPTION_ID, RESOURCE_GROUP, CLUSTER_NAME   of the cluster
#   IDENTITY_RESOURCE_GROUP                          optional: where the pods' identities are, if not among the nodes
#   IDENTITY_IDS                                     optional: resource IDs, with blanks; each of these instead of whole groups
# The roles are those of AAD Pod Identity v1: "Virtual Machine Contributor" on the nodes' resource group, and "Managed Identity
# Operator" on the identities. Managed mode needs none of them.
#   deploy/role-assignment.sh [--dry-run]
set -euo pipefail

fail() {
  echo "role-assignment.sh: $1" >&2
  exit 1
}

dry_run=
case ${1:-} in
  --dry-run) dry_run=1 ;;
  '') ;;
  *) fail "unknown argument $1: only --dry-run is known" ;;
esac
for name in SUBSCRIPTION_ID RESOURCE_GROUP CLUSTER_NAME; do
  [ -n "${!name:-}" ] || fail "$name is not set"
done
for id in ${IDENTITY_IDS:-}; do
  case ${id,,} in
    /subscriptions/*/resourcegroups/*/providers/microsoft.managedidentity/userassignedidentities/*) ;;
    *) fail "$id is not the resource ID of a user-assigned identity" ;;
  esac
done
command -v az >/dev/null || fail "az is missing: install the Azure CLI, and log in"

ask() {
  az aks show --subscription "$SUBSCRIPTION_ID" --resource-group "$RESOURCE_GROUP" --name "$CLUSTER_NAME" \
    --query "$1" --output tsv
}

# With a managed identity it is the kubelet's that azure.json names; else the service principal's.
assignee=$(ask identityProfile.kubeletidentity.clientId)
if [ -z "$assignee" ] || [ "$assignee" = None ]; then
  assignee=$(ask servicePrincipalProfile.clientId)
fi
case $assignee in
  '' | None | msi) fail "the cluster $CLUSTER_NAME has neither a kubelet identity nor a service principal" ;;
esac
node_group=$(ask nodeResourceGroup)
[ -n "$node_group" ] || fail "the cluster $CLUSTER_NAME does not say its nodes' resource group"

assign() { # role, scope
  local words=(az role assignment create --assignee "$assignee" --role "$1" --scope "$2")
  printf '%q ' "${words[@]}"
  echo
  [ -n "$dry_run" ] || "${words[@]}" --output none
}

group() {
  echo "/subscriptions/$SUBSCRIPTION_ID/resourceGroups/$1"
}

assign "Virtual Machine Contributor" "$(group "$node_group")"
if [ -n "${IDENTITY_IDS:-}" ]; then
  for id in $IDENTITY_IDS; do
    assign "Managed Identity Operator" "$id"
  done
else
  assign "Managed Identity Operator" "$(group "$node_group")"
  if [ -n "${IDENTITY_RESOURCE_GROUP:-}" ]; then
    assign "Managed Identity Operator" "$(group "$IDENTITY_RESOURCE_GROUP")"
  fi
fi
