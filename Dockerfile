# The image of the service, from a jar that is built already (docs/how-to/docker.md):
#   mvn -DskipTests package && docker build --target cpu -t dmst:cpu .
#   mvn -Pgpu -DskipTests package && docker build --target gpu --build-arg JAR=target/dmst-gpu.jar -t dmst:gpu .
# Nothing here needs BuildKit, and nothing the network if the base brings tcmalloc, as that of bin/base-images does.
ARG BASE_IMAGE=debian:12-slim
ARG GPU_BASE_IMAGE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04
ARG JDK_IMAGE=eclipse-temurin:25-jdk

FROM ${JDK_IMAGE} AS jdk

# a runtime with the modules that are used, the jar in parts, the native libraries unpacked
FROM ${BASE_IMAGE} AS unpacked
ARG JAR=target/dmst.jar
COPY --from=jdk /opt/java/openjdk /jdk
COPY docker/unpack /build/
COPY ${JAR} /build/dmst.jar
COPY src/test/resources/image/rocket.jpg /build/
RUN /build/unpack /build /opt/dmst

FROM ${BASE_IMAGE} AS cpu
COPY --from=unpacked /opt/dmst/jre /opt/dmst/jre
COPY --from=unpacked /opt/dmst/native /opt/dmst/native
COPY --from=unpacked /opt/dmst/lib /opt/dmst/lib
COPY --from=unpacked /opt/dmst/app /opt/dmst
COPY bin/java.options docker/image.options docker/healthy docker/aot src/test/resources/image/rocket.jpg /opt/dmst/
ENV LANG=C.UTF-8 PATH=/opt/dmst/jre/bin:$PATH LD_PRELOAD=/opt/dmst/native/libtcmalloc_minimal.so.4 TCMALLOC_SKIP_SBRK=true OMP_WAIT_POLICY=PASSIVE
RUN useradd --system --uid 65532 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin dmst && /opt/dmst/aot
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="DMST Serve" \
      org.opencontainers.image.description="Serves a white-box vision transformer and says, for every prediction, why" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 65532:65532
WORKDIR /tmp
EXPOSE 8080 8081 8082
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["/opt/dmst/healthy"]
ENTRYPOINT ["java", "@/opt/dmst/java.options", "@/opt/dmst/image.options", "-XX:AOTCache=/opt/dmst/dmst.aot", "-jar", "/opt/dmst/dmst.jar"]

# the same on CUDA 12 and cuDNN 9; it differs in its base and in the jar
FROM ${GPU_BASE_IMAGE} AS gpu
COPY --from=unpacked /opt/dmst/jre /opt/dmst/jre
COPY --from=unpacked /opt/dmst/native /opt/dmst/native
COPY --from=unpacked /opt/dmst/lib /opt/dmst/lib
COPY --from=unpacked /opt/dmst/app /opt/dmst
COPY bin/java.options docker/image.options docker/healthy docker/aot src/test/resources/image/rocket.jpg /opt/dmst/
ENV LANG=C.UTF-8 PATH=/opt/dmst/jre/bin:$PATH LD_PRELOAD=/opt/dmst/native/libtcmalloc_minimal.so.4 TCMALLOC_SKIP_SBRK=true OMP_WAIT_POLICY=PASSIVE \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
RUN if [ ! -f /opt/dmst/native/libonnxruntime_providers_cuda.so ]; then \
      echo "this jar is for CPUs: build it with mvn -Pgpu, and name it by --build-arg JAR=target/dmst-gpu.jar" >&2; exit 1; fi; \
    useradd --system --uid 65532 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin dmst && /opt/dmst/aot
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="DMST Serve for GPUs" \
      org.opencontainers.image.description="Serves a white-box vision transformer and says, for every prediction, why" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 65532:65532
WORKDIR /tmp
EXPOSE 8080 8081 8082
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["/opt/dmst/healthy"]
ENTRYPOINT ["java", "@/opt/dmst/java.options", "@/opt/dmst/image.options", "-XX:AOTCache=/opt/dmst/dmst.aot", "-jar", "/opt/dmst/dmst.jar"]
