{{- define "dmst.restrictedPod" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "dmst.restrictedContainer" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The pod template of a tier. */}}
{{- define "dmst.pod" -}}
{{- $v := .root.Values -}}
{{- $t := index $v .tier -}}
{{- $gpu := and (eq .tier "inference") $v.inference.gpu.enabled -}}
metadata:
  labels:
    {{- with $t.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- include "dmst.labels" . | nindent 4 }}
  annotations:
    # a change of the configuration replaces the pods
    checksum/config: {{ include "dmst.config" . | sha256sum }}
    {{- with $t.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "dmst.serviceAccountName" .root }}
  automountServiceAccountToken: false
  # DMST_… of other services would be taken for configuration
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "dmst.graceSeconds" .root }}
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $t.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- if and $gpu $v.inference.gpu.runtimeClassName }}
  runtimeClassName: {{ $v.inference.gpu.runtimeClassName }}
  {{- end }}
  securityContext:
    {{- include "dmst.restrictedPod" . | nindent 4 }}
  {{- include "dmst.scheduling" . | trim | nindent 2 }}
  {{- with include "dmst.fetchModel" .root | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  containers:
    - name: dmst
      image: {{ include "dmst.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      securityContext:
        {{- include "dmst.restrictedContainer" . | nindent 8 }}
      env:
        - name: SPRING_CONFIG_ADDITIONAL_LOCATION
          value: /etc/dmst/config/
        {{- if eq .tier "gateway" }}
        # Java keeps addresses for 30 s; new inference nodes should be found sooner
        - name: JDK_JAVA_OPTIONS
          value: -Dsun.net.inetaddr.ttl=5
        {{- end }}
        {{- with $t.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $t.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: http
          containerPort: 8080
        - name: grpc
          containerPort: 8081
        - name: management
          containerPort: 8082
      {{- include "dmst.probes" . | nindent 6 }}
      resources:
        {{- include "dmst.resources" . | nindent 8 }}
      volumeMounts:
        - name: config
          mountPath: /etc/dmst/config
          readOnly: true
        - name: tmp
          mountPath: /tmp
        {{- if ne $v.model.source "bundled" }}
        - name: model
          mountPath: /models
          readOnly: true
          {{- if and (eq $v.model.source "pvc") $v.model.pvc.subPath }}
          subPath: {{ $v.model.pvc.subPath }}
          {{- end }}
        {{- end }}
        {{- if and $v.tls.enabled (eq $v.mode "remote") }}
        - name: tls
          mountPath: /etc/dmst/tls
          readOnly: true
        {{- end }}
        {{- with $t.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ include "dmst.fullname" .root }}-{{ .tier }}
    - name: tmp
      emptyDir:
        sizeLimit: 1Gi
    {{- with include "dmst.modelVolume" .root | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- if and $v.tls.enabled (eq $v.mode "remote") }}
    - name: tls
      secret:
        secretName: {{ include "dmst.tlsSecret" . }}
        defaultMode: 288 # 0440, which some readers of YAML take for 440
    {{- end }}
    {{- with $t.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "dmst.scheduling" -}}
{{- $t := index .root.Values .tier -}}
{{- $gpu := and (eq .tier "inference") .root.Values.inference.gpu.enabled -}}
{{- with $t.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $t.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or $gpu $t.tolerations }}
tolerations:
  {{- if $gpu }}
  - key: {{ .root.Values.inference.gpu.resource }}
    operator: Exists
    effect: NoSchedule
  {{- end }}
  {{- with $t.tolerations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
topologySpreadConstraints:
  {{- if $t.topologySpreadConstraints }}
  {{- range $t.topologySpreadConstraints }}
  {{- $spread := deepCopy . }}
  {{- if not $spread.labelSelector }}
  # without one Kubernetes counts no pods at all
  {{- $_ := set $spread "labelSelector" (dict "matchLabels" (include "dmst.selector" $ | fromYaml)) }}
  {{- end }}
  {{- list $spread | toYaml | nindent 2 }}
  {{- end }}
  {{- else }}
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "dmst.selector" $ | nindent 8 }}
    # pods of an older revision, about to go, do not count
    matchLabelKeys: [pod-template-hash]
  {{- end }}
  {{- end }}
{{- end }}

{{/* Three questions: has it come up, does it take requests, is the process sound. The model and other pods have no part in the last. */}}
{{- define "dmst.probes" -}}
{{- $p := .root.Values.probes -}}
startupProbe:
  httpGet:
    path: /actuator/health/{{ eq .tier "gateway" | ternary "liveness" "readiness" }}
    port: management
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: {{ div (add $p.startupSeconds 1) 2 }}
readinessProbe:
  httpGet:
    path: /actuator/health/readiness
    port: management
  periodSeconds: {{ $p.readinessSeconds }}
  timeoutSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet:
    path: /actuator/health/liveness
    port: management
  periodSeconds: {{ $p.livenessSeconds }}
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}

{{- define "dmst.resources" -}}
{{- $resources := deepCopy (index .root.Values .tier).resources -}}
{{- $gpu := .root.Values.inference.gpu -}}
{{- if and (eq .tier "inference") $gpu.enabled -}}
{{- $_ := set $resources.limits $gpu.resource ($gpu.count | int) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end }}
