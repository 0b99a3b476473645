{{/* Where the Secret is: an object, or its JSON in a text, as v1's chart has it. */}}
{{- define "pi.clientPassword" -}}
{{- $key := index . 0 -}}
{{- $password := required (printf "azureIdentities.%s.clientPassword is not set: the name and namespace of the Secret" $key) (index . 1) -}}
{{- if kindIs "string" $password }}{{ $password = fromJson $password }}{{ end -}}
{{- if not (and $password.name $password.namespace) -}}
{{- fail (printf "azureIdentities.%s.clientPassword must have name and namespace, as in {\"name\":\"secret\",\"namespace\":\"default\"}" $key) -}}
{{- end -}}
name: {{ $password.name | quote }}
namespace: {{ $password.namespace | quote }}
{{- end }}
