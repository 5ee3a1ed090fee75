package io.dmst;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What every package may use; {@link ArchitectureTests} checks the code against it. The commit that
 * changes a row says why.
 */
final class PackageTable {

    /** Open to every package. */
    static final List<String> EVERYWHERE =
            List.of(
                    "java.lang",
                    "java.io",
                    "java.math",
                    "java.net",
                    "java.nio",
                    "java.security",
                    "java.text",
                    "java.time",
                    "java.util",
                    "org.jspecify.annotations",
                    "org.slf4j");

    /** What a bean, its keys and its health need; not the web. */
    private static final List<String> SPRING =
            List.of(
                    "org.springframework.beans",
                    "org.springframework.boot.autoconfigure",
                    "org.springframework.boot.availability",
                    "org.springframework.boot.context",
                    "org.springframework.boot.health",
                    "org.springframework.context",
                    "org.springframework.core",
                    "org.springframework.stereotype",
                    "org.springframework.util");

    private static final List<String> JACKSON =
            List.of("tools.jackson", "com.fasterxml.jackson.annotation");

    private static final List<String> YAML = List.of("org.yaml.snakeyaml");

    private static final List<String> METERS = List.of("io.micrometer");

    private static final List<String> WEB =
            List.of(
                    "jakarta.servlet",
                    "org.springframework.boot.tomcat",
                    "org.springframework.boot.web",
                    "org.springframework.boot.webmvc",
                    "org.springframework.http",
                    "org.springframework.web",
                    "org.apache.catalina",
                    "org.apache.coyote",
                    "org.apache.juli.logging",
                    "org.apache.tomcat.util");

    private static final List<String> CONTRACT = List.of("io.swagger.v3", "org.springdoc");

    /** With the messages and stubs that are generated from our proto files. */
    private static final List<String> GRPC =
            List.of(
                    "io.grpc",
                    "com.google.protobuf",
                    "com.google.rpc",
                    "org.springframework.boot.grpc",
                    "org.springframework.grpc",
                    "dmst.v1",
                    "inference");

    /**
     * One package.
     *
     * @param name below {@code io.dmst}; empty for the root
     * @param own packages of the project that it may use
     * @param outside prefixes of the libraries that it may use
     */
    record Row(String name, Set<String> own, List<String> outside) {

        boolean mayUseOutside(String packageName) {
            return Stream.concat(EVERYWHERE.stream(), outside.stream())
                    .anyMatch(prefix -> covers(prefix, packageName));
        }
    }

    /**
     * A sub-package with a guest list, or a library that only one sub-package may use.
     *
     * @param name below {@code io.dmst}
     * @param guests packages beside its own base package that may use it
     * @param exclusive prefixes of libraries that no other package may use
     */
    record Inner(String name, Set<String> guests, List<String> exclusive) {}

    private static final Set<String> CORE =
            Set.of(
                    "core.math",
                    "core.checkpoint",
                    "core.model",
                    "core.onnx",
                    "core.image",
                    "core.explain",
                    "core.typicality",
                    "core.engine");

    private static final Set<String> SERVE =
            Set.of(
                    "serve.predict",
                    "serve.batch",
                    "serve.local",
                    "serve.gateway",
                    "serve.oip",
                    "serve.http",
                    "serve.grpc",
                    "serve.metrics");

    /** Core, then serve, then lab, then the command line. */
    static final List<Row> ROWS =
            List.of(
                    row("", with(SERVE, "cli"), SPRING, List.of("org.springframework.boot")),
                    row("core.math", Set.of()),
                    row("core.checkpoint", Set.of("core.math"), JACKSON, YAML),
                    row("core.model", Set.of("core.math", "core.checkpoint")),
                    row(
                            "core.onnx",
                            Set.of("core.model", "core.checkpoint"),
                            List.of("onnx", "com.google.protobuf")),
                    row(
                            "core.image",
                            Set.of("core.math"),
                            List.of(
                                    "org.bytedeco.opencv",
                                    "org.bytedeco.javacpp",
                                    "java.awt",
                                    "javax.imageio")),
                    row(
                            "core.explain",
                            Set.of("core.math", "core.image", "core.model", "core.checkpoint")),
                    row(
                            "core.typicality",
                            Set.of("core.math", "core.checkpoint"),
                            List.of("org.hipparchus")),
                    row(
                            "core.engine",
                            Set.of("core.model", "core.checkpoint", "core.onnx", "core.math"),
                            List.of("ai.onnxruntime")),
                    row("djl", CORE, List.of("ai.djl")),
                    row("serve.metrics", Set.of(), SPRING, METERS, List.of("com.sun.management")),
                    row("serve.predict", with(CORE, "serve.metrics"), SPRING, JACKSON, METERS),
                    row("serve.batch", Set.of("serve.predict", "serve.metrics"), METERS),
                    row(
                            "serve.local",
                            with(CORE, "djl", "serve.predict", "serve.batch", "serve.metrics"),
                            SPRING,
                            METERS,
                            List.of("ai.djl")),
                    row(
                            "serve.gateway",
                            Set.of(
                                    "core.checkpoint",
                                    "core.model",
                                    "core.engine",
                                    "serve.predict",
                                    "serve.local",
                                    "serve.metrics"),
                            SPRING,
                            METERS,
                            GRPC,
                            List.of("org.springframework.boot.ssl")),
                    row("serve.oip", with(CORE, "serve.predict", "serve.metrics"), SPRING, JACKSON),
                    row(
                            "serve.http",
                            with(CORE, "serve.oip", "serve.predict", "serve.metrics"),
                            SPRING,
                            JACKSON,
                            METERS,
                            WEB,
                            CONTRACT,
                            List.of("org.apache.commons.fileupload2")),
                    row(
                            "serve.grpc",
                            with(CORE, "serve.oip", "serve.predict", "serve.metrics"),
                            SPRING,
                            METERS,
                            GRPC),
                    row(
                            "lab.train",
                            with(CORE, "djl"),
                            JACKSON,
                            List.of("ai.djl", "org.knowm.xchart", "me.tongfei.progressbar")),
                    row(
                            "lab.study",
                            with(CORE, "djl", "lab.train"),
                            JACKSON,
                            YAML,
                            List.of("ai.djl", "java.awt", "org.hipparchus", "org.knowm.xchart")),
                    row(
                            "cli",
                            with(
                                    CORE,
                                    "djl",
                                    "serve.predict",
                                    "serve.local",
                                    "lab.train",
                                    "lab.study"),
                            METERS,
                            JACKSON,
                            YAML,
                            List.of(
                                    "picocli",
                                    "inference",
                                    "com.google.protobuf",
                                    "me.tongfei.progressbar",
                                    "ch.qos.logback.classic")));

    static final List<Inner> INNER =
            List.of(
                    new Inner(
                            "core.explain.picture",
                            Set.of("serve.predict", "serve.http", "serve.grpc", "cli"),
                            List.of()),
                    new Inner("lab.train.data", Set.of("cli", "lab.study"), List.of()),
                    new Inner("lab.train.augment", Set.of("cli"), List.of()));

    private PackageTable() {}

    private static Set<String> with(Set<String> some, String... more) {
        return Stream.concat(some.stream(), Stream.of(more))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The row of a base package below {@code io.dmst}. */
    static Optional<Row> rowOf(String base) {
        return ROWS.stream().filter(row -> row.name().equals(base)).findFirst();
    }

    static boolean covers(String prefix, String packageName) {
        return packageName.equals(prefix) || packageName.startsWith(prefix + ".");
    }

    @SafeVarargs
    private static Row row(String name, Set<String> own, List<String>... outside) {
        return new Row(name, own, Stream.of(outside).flatMap(List::stream).toList());
    }
}
