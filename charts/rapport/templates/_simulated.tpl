{{/*
The simulated tenant: a sidecar, because it only listens on loopback. It writes the
configuration that rapport reads; should rapport be faster, it is simply started again.
*/}}
{{- define "rapport.simulatedTenant" -}}
{{- $sim := .Values.simulatedTenant -}}
- name: m365
  image: {{ include "rapport.image" (dict "root" . "image" .Values.image "tag" .Chart.AppVersion) }}
  imagePullPolicy: {{ (.Values.image).pullPolicy | default "IfNotPresent" }}
  restartPolicy: Always
  args:
    - m365sim
    - --listen=127.0.0.1:8085
    - --write-config=/sim/rapport.yaml
    - --redis=redis://{{ include "rapport.valkey" . }}/0
    - --people={{ $sim.people | default 24 }}
    - --weeks={{ $sim.weeks | default 5 }}
    - --seed={{ $sim.seed | default 1 }}
  {{- with $sim.clock }}
  env:
    - {name: RAPPORT_CLOCK, value: {{ . | quote }}}
  {{- end }}
  resources:
    {{- toYaml ($sim.resources | default dict) | nindent 4 }}
  {{- include "rapport.containerSecurity" . | nindent 2 }}
  volumeMounts:
    - {name: sim, mountPath: /sim}
{{- end -}}
