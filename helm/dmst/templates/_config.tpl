{{/* What the chart itself says to the program, as a tree of Spring Boot's keys. */}}
{{- define "dmst.ownConfig" -}}
{{- $v := .root.Values -}}
{{- $edge := eq .tier (include "dmst.edge" .root) -}}
{{- $tls := and $v.tls.enabled (eq $v.mode "remote") -}}
dmst:
  inference:
    mode: {{ eq .tier "gateway" | ternary "remote" "local" }}
    {{- if and (eq .tier "inference") $v.inference.gpu.enabled }}
    device: cuda:0
    precision: {{ $v.inference.gpu.precision }}
    {{- else }}
    device: cpu
    {{- end }}
    {{- if ne $v.model.source "bundled" }}
    model: {{ include "dmst.modelDirectory" .root }}
    {{- end }}
  shutdown:
    # requests are accepted while endpoints and load balancers learn of the pod's end
    pre-drain-delay: {{ $v.shutdown.preDrainDelaySeconds }}s
    drain: {{ $v.shutdown.drainSeconds }}s
  image:
    {{- $decode := include "dmst.decodeMegabytes" (index $v .tier) | int64 }}
    decode-memory: {{ $decode }}MB
    # the largest picture must fit: 24 bytes a pixel, and its file
    max-pixels: {{ min 25000000 (div (sub (mul $decode 1048576) 33554432) 24) }}
  {{- if eq .tier "gateway" }}
  gateway:
    nodes:
      {{- if $v.gateway.nodes }}
      {{- toYaml $v.gateway.nodes | nindent 6 }}
      {{- else }}
      - dns:///{{ include "dmst.headless" .root }}:8081
      {{- end }}
    fallback: {{ $v.gateway.fallback }}
    {{- if $tls }}
    ssl-bundle: nodes
    {{- end }}
  {{- end }}
server:
  port: 8080
management:
  server:
    port: 8082
  endpoint:
    health:
      group:
        readiness:
          {{- if eq .tier "gateway" }}
          # without its nodes a gateway still answers, with errors that say so; out of the service it could not
          include: readinessState
          {{- else }}
          include: readinessState,models
          {{- end }}
spring:
  lifecycle:
    timeout-per-shutdown-phase: {{ $v.shutdown.connectionSeconds }}s
  {{- if $tls }}
  ssl:
    bundle:
      pem:
        nodes:
          keystore:
            certificate: /etc/dmst/tls/tls.crt
            private-key: /etc/dmst/tls/tls.key
          truststore:
            certificate: /etc/dmst/tls/ca.crt
  {{- end }}
  grpc:
    server:
      port: 8081
      shutdown:
        grace-period: {{ $v.shutdown.connectionSeconds }}s
      {{- if $edge }}
      keepalive:
        connection:
          # a connection stays with one pod: callers find new pods only when it ends
          max-age: 10m
          grace-period: 5m
      {{- end }}
      {{- if and $tls (eq .tier "inference") }}
      ssl:
        bundle: nodes
        client-auth: require
      {{- end }}
{{- end }}

{{/* Ours, then the user's for both tiers, then the user's for this one: the last wins. */}}
{{- define "dmst.config" -}}
{{- $own := include "dmst.ownConfig" . | fromYaml -}}
{{- $tier := (index .root.Values .tier).config -}}
{{- mergeOverwrite $own (deepCopy .root.Values.config) (deepCopy $tier) | toYaml -}}
{{- end }}

{{- define "dmst.modelDirectory" -}}
{{- $model := .Values.model -}}
{{- $sub := "" -}}
{{- if eq $model.source "image" -}}{{- $sub = $model.image.subPath -}}{{- end -}}
{{- if $sub -}}{{- printf "/models/%s" $sub -}}{{- else -}}/models{{- end -}}
{{- end }}

{{/* Two fifths of the memory limit, in megabytes, for pictures that are being decoded. The heap may take a half at most, and is mostly smaller. */}}
{{- define "dmst.decodeMegabytes" -}}
{{- $limit := .resources.limits.memory | toString -}}
{{- $mega := 0 -}}
{{- if hasSuffix "Gi" $limit -}}{{- $mega = mulf (trimSuffix "Gi" $limit | float64) 1024 -}}
{{- else if hasSuffix "Mi" $limit -}}{{- $mega = trimSuffix "Mi" $limit | float64 -}}
{{- else -}}{{- fail (printf "resources.limits.memory must end in Mi or Gi, not %s" $limit) -}}
{{- end -}}
{{- mulf $mega 0.4 | floor | int -}}
{{- end }}

{{/* The pod's grace period in seconds: everything that may follow the order to stop, and a little. The gRPC server and the HTTP server close their connections one after the other; between them kept-alive HTTP connections are drained (dmst.shutdown.idle-timeout). */}}
{{- define "dmst.graceSeconds" -}}
{{- $s := .Values.shutdown -}}
{{- add $s.preDrainDelaySeconds $s.drainSeconds $s.connectionSeconds $s.connectionSeconds 10 -}}
{{- end }}
