{{/*
Names, labels and selectors are v1's: those of its chart, or, with naming: manifests, those of its
manifests. Selectors cannot be changed in place, so an upgrade fails if one differs.
*/}}

{{- define "pi.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 59 | trimSuffix "-" -}}
{{- end }}

{{/* As Helm's own charts name a release; only the roles for users go by it. */}}
{{- define "pi.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 59 | trimSuffix "-" -}}
{{- end }}

{{/* Whether the names are those of v1's manifests. */}}
{{- define "pi.manifests" -}}
{{- if eq .Values.naming "manifests" }}true{{ end -}}
{{- end }}

{{/* Of a list: the root and "mic" or "nmi". */}}
{{- define "pi.workload" -}}
{{- $root := index . 0 -}}
{{- if include "pi.manifests" $root }}{{ index . 1 }}{{ else }}{{ include "pi.name" $root }}-{{ index . 1 }}{{ end -}}
{{- end }}

{{- define "pi.account" -}}
{{- $root := index . 0 -}}
{{- if include "pi.manifests" $root }}aad-pod-id-{{ index . 1 }}-service-account{{ else }}{{ include "pi.workload" . }}{{ end -}}
{{- end }}

{{- define "pi.role" -}}
{{- $root := index . 0 -}}
{{- if include "pi.manifests" $root }}aad-pod-id-{{ index . 1 }}-role{{ else }}{{ include "pi.workload" . }}{{ end -}}
{{- end }}

{{- define "pi.binding" -}}
{{- $root := index . 0 -}}
{{- if include "pi.manifests" $root }}aad-pod-id-{{ index . 1 }}-binding{{ else }}{{ include "pi.workload" . }}{{ end -}}
{{- end }}

{{/* What the selector of a workload has; its pods have more. */}}
{{- define "pi.selector" -}}
{{- $root := index . 0 -}}
{{- $of := index . 1 -}}
{{- if not (include "pi.manifests" $root) -}}
app.kubernetes.io/name: {{ include "pi.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ $of }}
{{- else if eq $of "nmi" -}}
component: nmi
tier: node
{{- else if include "pi.adminSecret" $root -}}
component: mic
{{- else -}}
component: mic
app: mic
{{- end -}}
{{- end }}

{{- define "pi.commonLabels" -}}
{{- if include "pi.manifests" . -}}
k8s-app: aad-pod-id
{{- else -}}
app.kubernetes.io/name: {{ include "pi.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* Of the objects that belong to MIC or to NMI. */}}
{{- define "pi.labels" -}}
{{ include "pi.commonLabels" (index . 0) }}
{{ if include "pi.manifests" (index . 0) }}component{{ else }}app.kubernetes.io/component{{ end }}: {{ index . 1 }}
{{- end }}

{{- define "pi.podLabels" -}}
{{- $root := index . 0 -}}
{{- if include "pi.manifests" $root -}}
{{ include "pi.selector" . }}
{{- else -}}
{{ include "pi.labels" . }}
{{- if eq (index . 1) "nmi" }}
tier: node
{{- end }}
{{- end }}
{{- with (index $root.Values (index . 1)).podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "pi.image" -}}
{{- $root := index . 0 -}}
{{- $values := index $root.Values (index . 1) -}}
{{ $root.Values.image.repository }}/{{ default (index . 1) $values.image }}:{{ default $root.Chart.AppVersion $values.tag }}
{{- end }}

{{/* The service account, as a subject of a binding. */}}
{{- define "pi.subject" -}}
- kind: ServiceAccount
  name: {{ include "pi.account" . }}
  namespace: {{ (index . 0).Release.Namespace }}
{{- end }}
