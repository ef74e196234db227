{{/*
rapport.yaml: what the values say under config, and what the chart itself decides.
Helm reads the key "on" of rounds as the word for yes, and calls it "true".
*/}}
{{- define "rapport.config" -}}
{{- $config := deepCopy (.Values.config | default dict) -}}
{{- range $config.programmes -}}
{{- if hasKey (.rounds | default dict) "true" -}}
{{- $_ := set .rounds "on" (get .rounds "true") -}}
{{- $_ := unset .rounds "true" -}}
{{- end -}}
{{- end -}}
{{- $own := dict "web" (dict "listen" ":8080") -}}
{{- with include "rapport.publicUrl" . }}{{ $_ := set $own.web "public_url" . }}{{ end -}}
{{- $secrets := .Values.secrets | default dict -}}
{{- if ($secrets.tenant).existingSecret -}}
{{- $_ := set $own "tenant" (dict "client_secret_file" "/etc/rapport/secrets/tenant/client-secret") -}}
{{- end -}}
{{- if ($secrets.bot).existingSecret -}}
{{- $_ := set $own "bot" (dict "app_secret_file" "/etc/rapport/secrets/bot/app-secret") -}}
{{- end -}}
{{- with $secrets.signing -}}
{{- if .existingSecret }}{{ $_ := set $own.web "signing_key_file" "/etc/rapport/secrets/signing/signing-key" }}{{ end -}}
{{- if and .existingSecret .previousKey }}{{ $_ := set $own.web "previous_key_file" "/etc/rapport/secrets/signing/previous-key" }}{{ end -}}
{{- end -}}
{{- $redis := .Values.redis | default dict -}}
{{- if $redis.existingSecret -}}
{{- $_ := set $own "redis" (dict "url_file" "/etc/rapport/secrets/redis/url") -}}
{{- else if $redis.url -}}
{{- $_ := set $own "redis" (dict "url" $redis.url) -}}
{{- else if and (.Values.valkey).enabled (not (.Values.valkey).existingSecret) -}}
{{- $_ := set $own "redis" (dict "url" (printf "redis://%s/0" (include "rapport.valkey" .))) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $config $own) -}}
{{- end -}}

{{/* Where the pods find it. */}}
{{- define "rapport.configPath" -}}
{{- ternary "/sim/rapport.yaml" "/etc/rapport/config/rapport.yaml" (eq (toString (.Values.simulatedTenant).enabled) "true") -}}
{{- end -}}
