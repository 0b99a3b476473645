{{/* It writes packet rules on the node, and reads root's files there. NET_RAW is for iptables-legacy, which auto reads and may use. */}}
{{- define "pi.nmiSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: ["ALL"]
  add: ["NET_ADMIN"{{ if ne .Values.nmi.iptablesBackend "nft" }}, "NET_RAW"{{ end }}]
readOnlyRootFilesystem: true
runAsUser: 0
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* YAML takes an off without quotes for false. */}}
{{- define "pi.sourcePinning" -}}
{{- $value := ternary "auto" (toString .Values.nmi.sourcePinning) (kindIs "invalid" .Values.nmi.sourcePinning) -}}
{{- ternary "off" $value (eq $value "false") -}}
{{- end }}

{{/* Without an account of its own MIC runs under one that other pods have too: then none is exempt by it. */}}
{{- define "pi.nmiArgs" -}}
{{- $nmi := .Values.nmi -}}
- "--node=$(NODE_NAME)"
{{- if include "pi.standard" . }}
- {{ printf "--MICNamespace=%s" (default .Release.Namespace $nmi.micNamespace) | quote }}
- {{ printf "--mic-service-account=%s" (ternary (include "pi.account" (list . "mic")) "" (eq (include "pi.rbac" .) "true")) | quote }}
{{- /* Nothing to NMI itself: nmi explain, in its container, looks for MIC's lease there. */}}
{{- include "pi.flags" (list
  "leader-election-namespace" .Values.mic.leaderElection.namespace
  "leader-election-name" .Values.mic.leaderElection.name) }}
{{- else }}
- "--operation-mode=managed"
- "--forceNamespaced"
- "--mic-service-account="
{{- end }}
{{- include "pi.flags" (list
  "v" (include "pi.unlessZero" $nmi.logVerbosity)
  "log-format" $nmi.loggingFormat
  "http-probe-port" $nmi.probePort
  "ipt-update-interval-sec" $nmi.ipTableUpdateTimeIntervalInSeconds
  "retry-attempts-for-created" $nmi.retryAttemptsForCreated
  "retry-attempts-for-assigned" $nmi.retryAttemptsForAssigned
  "find-identity-retry-interval" $nmi.findIdentityRetryIntervalInSeconds
  "prometheus-port" $nmi.prometheusPort
  "enableScaleFeatures" $nmi.enableScaleFeatures
  "block-instance-metadata" $nmi.blockInstanceMetadata
  "metadata-header-required" $nmi.metadataHeaderRequired
  "allow-network-plugin-kubenet" (include "pi.true" $nmi.allowNetworkPluginKubenet)
  "kubelet-config" $nmi.kubeletConfig
  "set-retry-after-header" (include "pi.true" $nmi.setRetryAfterHeader)
  "enable-conntrack-deletion" (include "pi.true" $nmi.enableConntrackDeletion)
  "custom-user-agent" .Values.customUserAgent
  "lockdown" (include "pi.unlessOn" $nmi.lockdown)
  "on-exit" $nmi.onExit
  "source-pinning" (include "pi.sourcePinning" .)
  "iptables-backend" $nmi.iptablesBackend
  "redirect-target" $nmi.redirectTarget
  "host-token" (include "pi.unlessOn" $nmi.hostToken)
  "metadata-get-only" (include "pi.unlessOn" $nmi.metadataGetOnly)
  "cloud" $nmi.cloud
  "entra-endpoints" $nmi.entraEndpoints
  "token-cache-size" $nmi.tokenCacheSize
  "audit-tokens" (include "pi.true" $nmi.auditTokens)
  "refuse-foreign-secrets" (include "pi.true" $nmi.refuseForeignSecrets)
  "exempt-pods-get-any-identity" (include "pi.true" $nmi.exemptPodsGetAnyIdentity)
  "accept-foreign-client-ids" (include "pi.true" $nmi.acceptForeignClientIDs)) }}
{{- end }}
