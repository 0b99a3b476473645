{{/* What v1's and these programs cannot use, as MIC and NMI read it. */}}

{{- define "pi.validation.azureidentities" -}}
variables:
  - name: type
    expression: "has(object.spec.type) ? int(object.spec.type) : 0"
  - name: behavior
    expression: >-
      has(object.metadata.annotations) && 'aadpodidentity.k8s.io/Behavior' in object.metadata.annotations
      ? object.metadata.annotations['aadpodidentity.k8s.io/Behavior'] : 'namespaced'
validations:
  - expression: "has(object.spec)"
    message: spec is missing
  - expression: "!has(object.spec) || variables.type in [0, 1, 2]"
    message: "spec.type must be 0 (managed identity), 1 (service principal) or 2 (service principal with a certificate)"
  - expression: >-
      !has(object.spec) || variables.type != 0 || has(object.spec.resourceID) && object.spec.resourceID.matches(
      '^(?i)/subscriptions/(?-i:[0-9A-Za-z-]+)/resourcegroups/[\\p{L}\\p{Nd}_.()-]*[\\p{L}\\p{Nd}_()-]/providers/Microsoft[.]ManagedIdentity/userAssignedIdentities/(?-i:[0-9A-Za-z_-]+)$')
    message: "spec.resourceID must be /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME"
  - expression: >-
      !has(object.spec) || has(object.spec.clientID) && object.spec.clientID.matches(
      '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
    message: spec.clientID must be a client ID, such as 00000000-0000-0000-0000-000000000000
  - expression: "!has(object.spec) || variables.type == 0 || has(object.spec.tenantID) && object.spec.tenantID.matches('^[A-Za-z0-9.-]+$')"
    message: spec.tenantID must be a tenant's ID or domain
  - expression: >-
      !has(object.spec) || variables.type == 0 || has(object.spec.clientPassword)
      && has(object.spec.clientPassword.name) && object.spec.clientPassword.name != ''
      && has(object.spec.clientPassword.namespace) && object.spec.clientPassword.namespace != ''
    message: spec.clientPassword must have the name and the namespace of a Secret
  - expression: "!has(object.spec) || !has(object.spec.auxiliaryTenantIDs) || object.spec.auxiliaryTenantIDs == null || size(object.spec.auxiliaryTenantIDs) <= 3"
    message: spec.auxiliaryTenantIDs may name three tenants
  - expression: "variables.behavior == 'namespaced'"
    message: "the annotation aadpodidentity.k8s.io/Behavior must be namespaced: with any other value the identity is for pods of all namespaces"
{{- end }}

{{- define "pi.validation.azureidentitybindings" -}}
validations:
  - expression: "has(object.spec) && has(object.spec.azureIdentity) && object.spec.azureIdentity != ''"
    message: spec.azureIdentity must name an AzureIdentity of this namespace
  - expression: >-
      has(object.spec) && has(object.spec.selector) && size(object.spec.selector) <= 63
      && object.spec.selector.matches('^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$')
    message: spec.selector must be a value that the label aadpodidbinding of pods can have
{{- end }}

{{- define "pi.validation.azurepodidentityexceptions" -}}
validations:
  - expression: "has(object.spec) && has(object.spec.podLabels) && size(object.spec.podLabels) > 0"
    message: spec.podLabels must have a label
{{- end }}
