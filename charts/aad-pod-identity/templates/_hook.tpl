{{/* Metadata of an object of the post-delete hook. A Job that failed stays, for its log. */}}
{{- define "pi.hook" -}}
labels:
  {{- include "pi.labels" (list (index . 0) "mic-drain") | nindent 2 }}
annotations:
  helm.sh/hook: post-delete
  helm.sh/hook-weight: {{ index . 1 | quote }}
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
