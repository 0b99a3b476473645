{{/* What MIC and the hook that drains it have in common. */}}

{{- define "pi.micCloudConfig" -}}
{{- if not (include "pi.adminSecret" .) }}
- {{ printf "--cloudconfig=%s" .Values.mic.cloudConfig | quote }}
{{- end }}
{{- end }}

{{- define "pi.micPlanFlags" -}}
{{- $mic := .Values.mic -}}
{{- include "pi.flags" (list
  "leader-election-namespace" $mic.leaderElection.namespace
  "leader-election-name" $mic.leaderElection.name
  "leader-election-duration" $mic.leaderElection.duration
  "createDeleteBatch" $mic.createDeleteBatch
  "clientQps" $mic.clientQps
  "immutable-user-msis" $mic.immutableUserMSIs
  "allowed-subscriptions" $mic.allowedSubscriptions
  "max-identities-per-machine" $mic.maxIdentitiesPerMachine
  "arm-call-timeout" $mic.armCallTimeout
  "arm-operation-timeout" $mic.armOperationTimeout
  "log-format" $mic.loggingFormat
  "custom-user-agent" .Values.customUserAgent
  "leader-election-endpoints" (include "pi.unlessOn" $mic.leaderElection.endpoints)) }}
{{- end }}

{{- define "pi.micEnv" -}}
{{- $root := index . 0 -}}
{{- $secret := index . 1 -}}
- name: MIC_POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: FORCENAMESPACED
  value: {{ include "pi.forceNamespaced" $root | quote }}
{{- if $secret }}
{{- range $variable, $key := dict "CLOUD" "Cloud" "SUBSCRIPTION_ID" "SubscriptionID" "RESOURCE_GROUP" "ResourceGroup" "VM_TYPE" "VMType" "TENANT_ID" "TenantID" "CLIENT_ID" "ClientID" "CLIENT_SECRET" "ClientSecret" }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ $key }}
{{- end }}
{{- range $variable, $key := dict "USE_MSI" "UseMSI" "USER_ASSIGNED_MSI_CLIENT_ID" "UserAssignedMSIClientID" }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ $key }}
      optional: true
{{- end }}
{{- end }}
{{- if $root.Values.mic.customCloud.enabled }}
- name: AZURE_ENVIRONMENT_FILEPATH
  value: {{ $root.Values.mic.customCloud.configPath | quote }}
{{- end }}
{{- with $root.Values.mic.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "pi.micMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if not (include "pi.adminSecret" .) }}
- name: k8s-azure-file
  mountPath: {{ .Values.mic.cloudConfig }}
  readOnly: true
{{- end }}
{{- if .Values.mic.customCloud.enabled }}
- name: k8s-azurecustom-file
  mountPath: {{ .Values.mic.customCloud.configPath }}
  readOnly: true
{{- end }}
{{- end }}

{{- define "pi.micVolumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- if not (include "pi.adminSecret" .) }}
- name: k8s-azure-file
  hostPath:
    path: {{ .Values.mic.cloudConfig }}
    type: File
{{- end }}
{{- if .Values.mic.customCloud.enabled }}
- name: k8s-azurecustom-file
  hostPath:
    path: {{ .Values.mic.customCloud.configPath }}
    type: File
{{- end }}
{{- end }}

{{/* Only root may read the node's azure.json. With a Secret the pod fits the restricted profile. */}}
{{- define "pi.micSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: ["ALL"]
readOnlyRootFilesystem: true
{{- if include "pi.adminSecret" . }}
runAsNonRoot: true
runAsUser: 65532
{{- else }}
runAsUser: 0
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Of the verbs for records that a drain does not need, as YAML; each with a comma behind it. */}}
{{- define "pi.micRules" -}}
- apiGroups: [""]
  resources: ["pods", "nodes"]
  verbs: ["list", "watch"]
- apiGroups: ["aadpodidentity.k8s.io"]
  resources: ["azureidentities", "azureidentitybindings"]
  verbs: ["list", "watch"]
- apiGroups: ["aadpodidentity.k8s.io"]
  resources: ["azureassignedidentities"]
  verbs: ["get", "list", "watch", {{ . }}"patch", "delete"]
- apiGroups: [""]
  resources: ["events"]
  verbs: ["create", "patch"]
{{- end }}

{{/* The lock is a Lease and, unless that is switched off, v1's Endpoints object. */}}
{{- define "pi.micLeaseRules" -}}
{{- $name := default "aad-pod-identity-mic" .Values.mic.leaderElection.name -}}
{{- $endpoints := include "pi.on" .Values.mic.leaderElection.endpoints -}}
- apiGroups: ["coordination.k8s.io"]
  resources: ["leases"]
  resourceNames: [{{ $name | quote }}]
  verbs: ["get", "update"]
- apiGroups: ["coordination.k8s.io"]
  resources: ["leases"]
  verbs: ["create"]
{{- if $endpoints }}
- apiGroups: [""]
  resources: ["endpoints"]
  resourceNames: [{{ $name | quote }}]
  verbs: ["get", "update"]
- apiGroups: [""]
  resources: ["endpoints"]
  verbs: ["create"]
{{- end }}
{{- end }}

{{- define "pi.adminSecretData" -}}
{{- with .Values.adminsecret }}
Cloud: {{ .cloud | b64enc | quote }}
SubscriptionID: {{ .subscriptionID | b64enc | quote }}
ResourceGroup: {{ .resourceGroup | b64enc | quote }}
VMType: {{ .vmType | b64enc | quote }}
TenantID: {{ .tenantID | b64enc | quote }}
ClientID: {{ .clientID | b64enc | quote }}
ClientSecret: {{ .clientSecret | b64enc | quote }}
{{- with .useMSI }}
UseMSI: {{ toString . | b64enc | quote }}
{{- end }}
{{- with .userAssignedMSIClientID }}
UserAssignedMSIClientID: {{ . | b64enc | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* NMI's selector as one text. */}}
{{- define "pi.nmiSelector" -}}
{{- $labels := list -}}
{{- range $name, $value := include "pi.selector" (list . "nmi") | fromYaml }}{{ $labels = append $labels (printf "%s=%s" $name $value) }}{{ end -}}
{{- join "," $labels -}}
{{- end }}

{{/* Where all nodes begin with the taint, MIC has to run on one before it can take it off. */}}
{{- define "pi.micTolerations" -}}
{{- $tolerations := .Values.mic.tolerations -}}
{{- with .Values.mic.startupTaint }}{{ $tolerations = append $tolerations (dict "key" . "operator" "Exists") }}{{ end -}}
{{- with $tolerations }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* The default keeps MIC's pods apart by v1's chart's label, which pods of the manifests do not have. */}}
{{- define "pi.micAffinity" -}}
{{- $affinity := default dict .Values.mic.affinity -}}
{{- $byDefault := include "pi.apart" "app.kubernetes.io/component" | fromYaml -}}
{{- if and (include "pi.manifests" .) (eq (toJson $affinity.podAntiAffinity) (toJson $byDefault.podAntiAffinity)) -}}
{{- $affinity = mergeOverwrite (deepCopy $affinity) (include "pi.apart" "component" | fromYaml) -}}
{{- end -}}
{{- with $affinity }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* The default of mic.affinity, by the key of a label. */}}
{{- define "pi.apart" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 1
      podAffinityTerm:
        labelSelector:
          matchExpressions:
            - key: {{ . }}
              operator: In
              values:
                - mic
        topologyKey: kubernetes.io/hostname
{{- end }}

{{/* Where MIC and its drain may run: what MIC needs, a drain needs too. */}}
{{- define "pi.micPlace" -}}
{{- with .Values.mic.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "pi.micAffinity" . }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with include "pi.micTolerations" . }}
tolerations:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "pi.micArgs" -}}
{{- $mic := .Values.mic -}}
{{- include "pi.micCloudConfig" . }}
{{- include "pi.micPlanFlags" . }}
{{- include "pi.flags" (list
  "v" (include "pi.unlessZero" $mic.logVerbosity)
  "leader-election-instance" $mic.leaderElection.instance
  "http-probe-port" $mic.probePort
  "prometheus-port" $mic.prometheusPort
  "syncRetryDuration" $mic.syncRetryDuration
  "update-user-msi-max-retry" $mic.updateUserMSIMaxRetry
  "update-user-msi-retry-interval" $mic.updateUserMSIRetryInterval
  "identity-assignment-reconcile-interval" $mic.identityAssignmentReconcileInterval
  "detach-delay" $mic.detachDelay
  "coalescing-window" $mic.coalescingWindow
  "refuse-cluster-identity" (include "pi.true" $mic.refuseClusterIdentity)
  "startup-taint" $mic.startupTaint
  "nmi-selector" (ternary (include "pi.nmiSelector" .) "" (not (empty $mic.startupTaint)))) }}
{{- end }}
