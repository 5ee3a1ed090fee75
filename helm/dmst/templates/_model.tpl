{{- define "dmst.modelVolume" -}}
{{- $m := .Values.model -}}
{{- if eq $m.source "pvc" }}
- name: model
  persistentVolumeClaim:
    claimName: {{ $m.pvc.claimName }}
    readOnly: true
{{- else if eq $m.source "image" }}
- name: model
  image:
    reference: {{ $m.image.reference }}
    pullPolicy: {{ $m.image.pullPolicy }}
{{- else if ne $m.source "bundled" }}
- name: model
  emptyDir:
    sizeLimit: {{ $m.sizeLimit }}
{{- if and (eq $m.source "oci") $m.oci.secretName }}
- name: registry
  secret:
    secretName: {{ $m.oci.secretName }}
    defaultMode: 288 # 0440, which some readers of YAML take for 440
    items:
      - key: .dockerconfigjson
        path: config.json
{{- end }}
{{- end }}
{{- end }}

{{/* The init container that brings the model, where one must. */}}
{{- define "dmst.fetchModel" -}}
{{- $m := .Values.model -}}
{{- if has $m.source (list "s3" "oci") -}}
initContainers:
  - name: model
    image: {{ (index $m $m.source).image }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    securityContext:
      {{- include "dmst.restrictedContainer" . | nindent 6 }}
    {{- if eq $m.source "s3" }}
    command: [aws]
    args:
      - s3
      - sync
      - --no-progress
      {{- with $m.s3.endpoint }}
      - --endpoint-url={{ . }}
      {{- end }}
      {{- if not $m.s3.secretName }}
      - --no-sign-request
      {{- end }}
      - {{ $m.s3.uri }}
      - /models
    env:
      - name: HOME
        value: /tmp
      {{- with $m.s3.region }}
      - name: AWS_REGION
        value: {{ . }}
      {{- end }}
    {{- with $m.s3.secretName }}
    envFrom:
      - secretRef:
          name: {{ . }}
    {{- end }}
    {{- else }}
    command: [oras]
    args:
      - pull
      - --output=/models
      {{- if $m.oci.secretName }}
      - --registry-config=/etc/registry/config.json
      {{- end }}
      - {{ $m.oci.reference }}
    env:
      - name: HOME
        value: /tmp
    {{- end }}
    resources:
      requests: {cpu: 100m, memory: 128Mi}
      limits: {cpu: "1", memory: 512Mi}
    volumeMounts:
      - name: model
        mountPath: /models
      - name: tmp
        mountPath: /tmp
      {{- if and (eq $m.source "oci") $m.oci.secretName }}
      - name: registry
        mountPath: /etc/registry
        readOnly: true
      {{- end }}
{{- end -}}
{{- end }}
