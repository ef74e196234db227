{{/* What a container of rapport is given: variables, mounts, volumes. */}}

{{- define "rapport.env" -}}
env:
  {{- $valkey := .Values.valkey | default dict }}
  {{- if and $valkey.enabled $valkey.existingSecret (not (.Values.redis).existingSecret) (not (.Values.redis).url) }}
  - name: VALKEY_PASSWORD
    valueFrom:
      secretKeyRef: {name: {{ $valkey.existingSecret }}, key: {{ $valkey.key | default "password" }}}
  - name: RAPPORT_REDIS_URL
    value: redis://:$(VALKEY_PASSWORD)@{{ include "rapport.valkey" . }}/0
  {{- end }}
  {{- with (.Values.azureWorkloadIdentity).clientId }}
  - {name: AZURE_CLIENT_ID, value: {{ . | quote }}}
  {{- end }}
  {{- if eq (toString (.Values.simulatedTenant).enabled) "true" }}
  - {name: RAPPORT_WEB_LISTEN, value: ":8080"}
  {{- with (.Values.simulatedTenant).clock }}
  - {name: RAPPORT_CLOCK, value: {{ . | quote }}}
  {{- end }}
  {{- end }}
  {{- with include "rapport.proxyEnv" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if or (.Values.caBundle).configMap (.Values.caBundle).secret }}
  # Besides the public authorities, which Go reads from their own file.
  - {name: SSL_CERT_DIR, value: /etc/rapport/ca}
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  # Go tidies up harder before the kernel would kill it.
  - name: GOMEMLIMIT
    valueFrom:
      resourceFieldRef: {resource: limits.memory, divisor: "1"}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "rapport.proxyEnv" -}}
{{- $proxy := .Values.proxy | default dict -}}
{{- if $proxy.existingSecret }}
- name: HTTPS_PROXY
  valueFrom:
    secretKeyRef: {name: {{ $proxy.existingSecret }}, key: {{ $proxy.key | default "https-proxy" }}}
{{- else if $proxy.https }}
- {name: HTTPS_PROXY, value: {{ $proxy.https | quote }}}
{{- end }}
{{- with $proxy.http }}
- {name: HTTP_PROXY, value: {{ . | quote }}}
{{- end }}
{{- with $proxy.exclude }}
- {name: NO_PROXY, value: {{ . | quote }}}
{{- end }}
{{- end -}}

{{/* From (dict "name" .. "secret" .. "key" .. "as" ..): optional, so that rapport itself can say which one is missing. */}}
{{- define "rapport.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    optional: true
    defaultMode: 0440
    items:
      - {key: {{ .key | quote }}, path: {{ .as }}}
{{- end -}}

{{- define "rapport.volumes" -}}
{{- if eq (toString (.Values.simulatedTenant).enabled) "true" }}
- name: sim
  emptyDir: {sizeLimit: 1Mi}
{{- else }}
- name: config
  configMap:
    name: {{ include "rapport.fullname" . }}
{{- end }}
{{- $secrets := .Values.secrets | default dict }}
{{- with ($secrets.tenant).existingSecret }}
{{ include "rapport.secretVolume" (dict "name" "tenant-secret" "secret" . "key" ($secrets.tenant.key | default "client-secret") "as" "client-secret") }}
{{- end }}
{{- with ($secrets.bot).existingSecret }}
{{ include "rapport.secretVolume" (dict "name" "bot-secret" "secret" . "key" ($secrets.bot.key | default "app-secret") "as" "app-secret") }}
{{- end }}
{{- $signing := $secrets.signing | default dict }}
{{- with $signing.existingSecret }}
{{ include "rapport.secretVolume" (dict "name" "signing-secret" "secret" . "key" ($signing.key | default "signing-key") "as" "signing-key") }}
{{- with $signing.previousKey }}
      - {key: {{ . | quote }}, path: previous-key}
{{- end }}
{{- end }}
{{- $redis := .Values.redis | default dict }}
{{- with $redis.existingSecret }}
{{ include "rapport.secretVolume" (dict "name" "redis-secret" "secret" . "key" ($redis.key | default "url") "as" "url") }}
{{- end }}
{{- $ca := .Values.caBundle | default dict }}
{{- if $ca.configMap }}
- name: ca
  configMap:
    name: {{ $ca.configMap }}
    items:
      - {key: {{ $ca.key | default "ca.crt" | quote }}, path: ca.crt}
{{- else if $ca.secret }}
- name: ca
  secret:
    secretName: {{ $ca.secret }}
    defaultMode: 0440
    items:
      - {key: {{ $ca.key | default "ca.crt" | quote }}, path: ca.crt}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Whole folders, so that a changed Secret reaches the file without a restart. */}}
{{- define "rapport.mounts" -}}
{{- if eq (toString (.Values.simulatedTenant).enabled) "true" }}
- {name: sim, mountPath: /sim, readOnly: true}
{{- else }}
- {name: config, mountPath: /etc/rapport/config, readOnly: true}
{{- end }}
{{- if ((.Values.secrets).tenant).existingSecret }}
- {name: tenant-secret, mountPath: /etc/rapport/secrets/tenant, readOnly: true}
{{- end }}
{{- if ((.Values.secrets).bot).existingSecret }}
- {name: bot-secret, mountPath: /etc/rapport/secrets/bot, readOnly: true}
{{- end }}
{{- if ((.Values.secrets).signing).existingSecret }}
- {name: signing-secret, mountPath: /etc/rapport/secrets/signing, readOnly: true}
{{- end }}
{{- if (.Values.redis).existingSecret }}
- {name: redis-secret, mountPath: /etc/rapport/secrets/redis, readOnly: true}
{{- end }}
{{- if or (.Values.caBundle).configMap (.Values.caBundle).secret }}
- {name: ca, mountPath: /etc/rapport/ca, readOnly: true}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}
