{{/* Whether a value means true: v1's booleans are strings, and --set makes booleans of them. */}}
{{- define "pi.true" -}}
{{- if eq (toString .) "true" }}true{{ end -}}
{{- end }}

{{/* A number as it was written: YAML's are floats to Helm, and large ones would get an exponent. */}}
{{- define "pi.plain" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{/* Arguments for those values that are set, of a list: flag, value, flag, value … */}}
{{- define "pi.flags" -}}
{{- $all := . -}}
{{- range $i := until (div (len $all) 2 | int) }}
{{- $value := index $all (add 1 (mul 2 $i)) }}
{{- if kindIs "slice" $value }}{{ $value = join "," $value }}{{ end }}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) }}
- {{ printf "--%s=%s" (index $all (mul 2 $i)) (include "pi.plain" $value) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The same for what is on by default: null takes a value out, as if it were not set. */}}
{{- define "pi.on" -}}
{{- if or (kindIs "invalid" .) (include "pi.true" .) }}true{{ end -}}
{{- end }}

{{/* "false" for what is not true; for flags that are on by default. */}}
{{- define "pi.unlessOn" -}}
{{- if not (include "pi.on" .) }}false{{ end -}}
{{- end }}

{{/* Zero is unset, as in v1. */}}
{{- define "pi.unlessZero" -}}
{{- if and . (ne (toString .) "0") }}{{ include "pi.plain" . }}{{ end -}}
{{- end }}

{{- define "pi.standard" -}}
{{- if eq (default "standard" .Values.operationMode) "standard" }}true{{ end -}}
{{- end }}

{{/* Whether service accounts and roles are made. */}}
{{- define "pi.rbac" -}}
{{- include "pi.on" .Values.rbac.enabled -}}
{{- end }}

{{/* As the programs read it from the environment. */}}
{{- define "pi.forceNamespaced" -}}
{{- ternary "true" "false" (eq (include "pi.true" .Values.forceNamespaced) "true") -}}
{{- end }}

{{/* The Secret with MIC's Azure settings; empty if they are in azure.json. */}}
{{- define "pi.adminSecret" -}}
{{- if .Values.adminSecretName }}{{ .Values.adminSecretName }}{{ else if .Values.adminsecret }}{{ include "pi.workload" (list . "mic") }}{{ end -}}
{{- end }}
