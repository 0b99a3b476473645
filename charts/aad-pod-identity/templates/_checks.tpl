{{/* What cannot be, or cannot work together, is told before anything is changed. */}}
{{- define "pi.checks" -}}
{{- $values := .Values -}}
{{- $repository := $values.image.repository -}}
{{- if not $repository -}}
{{- fail "image.repository is not set. No images are published: build them, push them to your registry, and name it here." -}}
{{- end -}}
{{- $reuse := "Leave it out of your values; and if you upgrade with --reuse-values, which brings along the old chart's defaults, use --reset-then-reuse-values." -}}
{{- if regexMatch "^mcr\\.microsoft\\.com/(.*/)?aad-pod-identity$" $repository -}}
{{- fail (printf "image.repository %s holds the images of AAD Pod Identity v1, which this chart cannot run. %s" $repository $reuse) -}}
{{- end -}}
{{- range $of := list "mic" "nmi" -}}
{{- $tag := toString (default "" (index $values $of).tag) -}}
{{- /* v1's own: without a v until 1.6.2, with one from v1.6.3 on. Others that look alike are the user's. */ -}}
{{- $ofV1 := regexMatch "^(1\\.[2-5]|1\\.5\\.[1-6]|1\\.6(\\.[0-2])?|v1\\.6\\.3|v1\\.7\\.[0-5]|v1\\.8\\.([0-9]|1[0-8]))(-(rc|preview).*)?$" $tag -}}
{{- if and $ofV1 (eq (default $of (index $values $of).image) $of) -}}
{{- fail (printf "%s.tag %s is a version of AAD Pod Identity v1, which this chart cannot run. %s" $of $tag $reuse) -}}
{{- end -}}
{{- range (index $values $of).extraEnv -}}
{{- if has .name (list "FORCENAMESPACED" "NODE_NAME" "MIC_POD_NAMESPACE" "AZURE_ENVIRONMENT_FILEPATH") -}}
{{- fail (printf "%s.extraEnv must not set %s: a value of the chart does." $of .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if include "pi.true" $values.rbac.pspEnabled -}}
{{- fail "rbac.pspEnabled cannot be true: Kubernetes has no PodSecurityPolicy since 1.25. The namespace's label pod-security.kubernetes.io/enforce takes its place; NMI needs privileged." -}}
{{- end -}}
{{- if and $values.rbac.secretsNamespaces (not (include "pi.on" $values.rbac.allowAccessToSecrets)) -}}
{{- fail "rbac.secretsNamespaces names namespaces, but rbac.allowAccessToSecrets is false." -}}
{{- end -}}
{{- if and $values.adminsecret $values.adminSecretName -}}
{{- fail "adminsecret and adminSecretName cannot both be set: the first makes a Secret, the second names one that is there." -}}
{{- end -}}
{{- with $values.adminsecret -}}
{{- range $key := list "cloud" "subscriptionID" "resourceGroup" "vmType" "tenantID" "clientID" "clientSecret" -}}
{{- if not (index $values.adminsecret $key) -}}
{{- fail (printf "adminsecret.%s is not set: all of adminsecret is needed, but for useMSI and userAssignedMSIClientID." $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $values.mic.leaderElection.instance (gt (int $values.mic.replicas) 1) -}}
{{- fail "mic.leaderElection.instance gives all replicas of MIC one name, so that several would lead at the same time: leave it out, or set mic.replicas to 1." -}}
{{- end -}}
{{- if and (eq (toString $values.nmi.cloud) "AzureStackCloud") (not $values.mic.customCloud.enabled) -}}
{{- fail "nmi.cloud is AzureStackCloud, which needs the file of mic.customCloud: set mic.customCloud.enabled." -}}
{{- end -}}
{{- if eq (toString (default 8080 $values.mic.probePort)) (toString (default 8888 $values.mic.prometheusPort)) -}}
{{- fail "mic.probePort and mic.prometheusPort are the same port." -}}
{{- end -}}
{{- if eq (toString (default 8080 $values.nmi.probePort)) (toString (default 9090 $values.nmi.prometheusPort)) -}}
{{- fail "nmi.probePort and nmi.prometheusPort are the same port." -}}
{{- end -}}
{{- $surge := toString (default 0 (default dict (default dict $values.nmi.updateStrategy).rollingUpdate).maxSurge) -}}
{{- if and $values.metrics.podMonitor.enabled (not (has $surge (list "0" "0%"))) -}}
{{- fail "nmi.updateStrategy with maxSurge starts a second NMI on a node, and metrics.podMonitor declares NMI's port, which a node has only once: leave one of them out." -}}
{{- end -}}
{{- end }}
