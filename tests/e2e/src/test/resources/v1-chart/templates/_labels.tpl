{{- define "v1.name" -}}
{{- default .Chart.Name .Values.nameOverride -}}
{{- end }}

{{- define "v1.labels" -}}
app.kubernetes.io/name: {{ include "v1.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
