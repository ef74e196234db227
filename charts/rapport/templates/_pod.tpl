{{/*
A pod of rapport, from (dict "root" $ "part" "web" "size" .Values.web "args" (list ..)).
Every container meets Pod Security "restricted" and cannot write to its own file system.
*/}}
{{- define "rapport.pod" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $size := .size | default dict -}}
{{- $sim := eq (toString ($values.simulatedTenant).enabled) "true" -}}
metadata:
  labels:
    {{- include "rapport.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .part }}
    rapport/program: "true"
    {{- if ($values.azureWorkloadIdentity).enabled }}
    azure.workload.identity/use: "true"
    {{- end }}
    {{- with $size.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include "rapport.config" $root | sha256sum }}
    {{- with ($values.secrets).version }}
    rapport/secrets-version: {{ . | quote }}
    {{- end }}
    {{- with $size.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "rapport.serviceAccount" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds | default 45 }}
  {{- with $size.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with include "rapport.pullSecrets" $root | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- include "rapport.podSecurity" $values.runAsUser | nindent 2 }}
  {{- if $sim }}
  initContainers:
    {{- include "rapport.simulatedTenant" $root | nindent 4 }}
  {{- end }}
  containers:
    - name: rapport
      image: {{ include "rapport.image" (dict "root" $root "image" $values.image "tag" $root.Chart.AppVersion) }}
      imagePullPolicy: {{ ($values.image).pullPolicy | default "IfNotPresent" }}
      args:
        {{- toYaml .args | nindent 8 }}
      {{- include "rapport.env" $root | nindent 6 }}
      ports:
        - {name: http, containerPort: 8080, protocol: TCP}
      # rapport waits thirty seconds for a Redis that is still starting before it answers.
      startupProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 1
        failureThreshold: 60
      # Alive says nothing about Redis or Microsoft: to kill a pod mends neither.
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 10
        timeoutSeconds: 3
        failureThreshold: 6
      # The checks behind it take at most five seconds.
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 10
        timeoutSeconds: 6
        failureThreshold: 2
      # Time for the load balancer to look elsewhere.
      lifecycle:
        preStop:
          sleep: {seconds: 5}
      resources:
        {{- toYaml ($size.resources | default dict) | nindent 8 }}
      {{- include "rapport.containerSecurity" . | nindent 6 }}
      volumeMounts:
        {{- include "rapport.mounts" $root | trim | nindent 8 }}
  volumes:
    {{- include "rapport.volumes" $root | trim | nindent 4 }}
  {{- with $size.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $size.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $size.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $size.topologySpreadConstraints }}
  {{- $own := dict "labelSelector" (dict "matchLabels" (set (include "rapport.selector" $root | fromYaml) "app.kubernetes.io/component" $.part)) }}
  topologySpreadConstraints:
    {{- range . }}
    - {{- toYaml (merge (deepCopy .) (ternary dict $own (hasKey . "labelSelector"))) | nindent 6 }}
    {{- end }}
  {{- end }}
{{- end -}}

{{- define "rapport.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  {{- with . }}
  runAsUser: {{ int . }}
  runAsGroup: {{ int . }}
  fsGroup: {{ int . }}
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "rapport.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
{{- end -}}
