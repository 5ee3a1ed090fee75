{{- define "dmst.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Short enough that the longest suffix, -inference-headless, stays within the 63 characters of a DNS label. */}}
{{- define "dmst.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 43 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "dmst.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 43 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 43 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "dmst.selector" -}}
app.kubernetes.io/name: {{ include "dmst.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .tier }}
{{- end }}

{{- define "dmst.labels" -}}
{{- include "dmst.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The tiers that this release runs, as a JSON array. */}}
{{- define "dmst.tiers" -}}
{{- if eq .Values.mode "local" -}}
["inference"]
{{- else if .Values.inference.enabled -}}
["gateway","inference"]
{{- else -}}
["gateway"]
{{- end -}}
{{- end }}

{{/* The tier that users reach. */}}
{{- define "dmst.edge" -}}
{{- eq .Values.mode "local" | ternary "inference" "gateway" -}}
{{- end }}

{{- define "dmst.headless" -}}
{{- include "dmst.fullname" . }}-inference-headless
{{- end }}

{{- define "dmst.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "dmst.fullname" .) "default") -}}
{{- end }}

{{- define "dmst.image" -}}
{{- $image := .root.Values.image -}}
{{- $own := eq .tier "inference" | ternary .root.Values.inference.image (dict) -}}
{{- $gpu := and (eq .tier "inference") .root.Values.inference.gpu.enabled -}}
{{- $repository := $own.repository | default $image.repository -}}
{{- $tag := $own.tag | default (printf "%s%s" (default .root.Chart.AppVersion $image.tag) ($gpu | ternary "-gpu" "")) -}}
{{- if $own.digest -}}
{{- printf "%s@%s" $repository $own.digest -}}
{{- else if and $image.digest (not (or $own.repository $own.tag $gpu)) -}}
{{- printf "%s@%s" $repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository $tag -}}
{{- end -}}
{{- end }}

{{- define "dmst.tlsSecret" -}}
{{- $given := eq .tier "inference" | ternary .root.Values.tls.inferenceSecretName .root.Values.tls.gatewaySecretName -}}
{{- $given | default (printf "%s-%s-tls" (include "dmst.fullname" .root) .tier) -}}
{{- end }}
