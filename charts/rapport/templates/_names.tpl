{{/* What things are called. Nothing here is random: rendering twice gives the same. */}}

{{- define "rapport.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 40 characters, so that "-metrics" and the pods' own ending still fit. */}}
{{- define "rapport.fullname" -}}
{{- $name := include "rapport.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The labels that selectors use; they never change for the life of a release. */}}
{{- define "rapport.selector" -}}
app.kubernetes.io/name: {{ include "rapport.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rapport.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "rapport.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "rapport.serviceAccount" -}}
{{- $own := ternary (include "rapport.fullname" .) "default" (ne (toString (.Values.serviceAccount).create) "false") -}}
{{- (.Values.serviceAccount).name | default $own -}}
{{- end -}}

{{/* An image from (dict "root" $ "image" .Values.x.image "tag" "default tag"). */}}
{{- define "rapport.image" -}}
{{- $image := .image | default dict -}}
{{- $registry := (.root.Values.global).imageRegistry | default $image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .tag }}{{ end -}}
{{- end -}}

{{- define "rapport.pullSecrets" -}}
{{- with concat ((.Values.global).imagePullSecrets | default list) (.Values.imagePullSecrets | default list) | uniq }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Which pods answer the web: those of their own, or the only ones. */}}
{{- define "rapport.webPart" -}}
{{- ternary "all" "web" (eq (toString .Values.mode) "single") -}}
{{- end -}}

{{- define "rapport.publicUrl" -}}
{{- $host := "" -}}
{{- if (.Values.httpRoute).enabled }}{{ $host = first ((.Values.httpRoute).hostnames | default (list "")) }}{{ end -}}
{{- if (.Values.ingress).enabled }}{{ $host = (.Values.ingress).host | default $host }}{{ end -}}
{{- (.Values.web).publicUrl | default (ternary (printf "https://%s" $host) "" (ne $host "")) -}}
{{- end -}}

{{/* Address of the Valkey of this chart, host:port. */}}
{{- define "rapport.valkey" -}}
{{ include "rapport.fullname" . }}-valkey:6379
{{- end -}}
