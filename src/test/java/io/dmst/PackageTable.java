package io.dmst;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What every package may use; {@link ArchitectureTests} holds the code to it. A row stands before
 * its package does. Whoever changes a row says why in the commit.
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
     * @param exclusive prefixes of libraries that nobody else may use
     */
    record Inner(String name, Set<String> guests, List<String> exclusive) {}

    static final List<Row> ROWS =
            List.of(
                    row(
                            "",
                            Set.of("cli", "scheduling"),
                            SPRING,
                            List.of("org.springframework.boot")),
                    row("math", Set.of()),
                    row(
                            "image",
                            Set.of("math"),
                            List.of(
                                    "org.bytedeco.opencv",
                                    "org.bytedeco.javacpp",
                                    "java.awt",
                                    "javax.imageio")),
                    row("checkpoint", Set.of("math"), JACKSON, List.of("org.yaml.snakeyaml")),
                    row("model", Set.of("math", "checkpoint")),
                    row(
                            "onnx",
                            Set.of("model", "checkpoint"),
                            List.of("onnx", "com.google.protobuf")),
                    row("djl", Set.of("model", "checkpoint"), List.of("ai.djl")),
                    row(
                            "train",
                            Set.of("djl", "model", "checkpoint", "image", "math"),
                            JACKSON,
                            List.of("ai.djl", "org.knowm.xchart", "me.tongfei.progressbar")),
                    row("typicality", Set.of("checkpoint"), List.of("org.hipparchus")),
                    row(
                            "inference",
                            Set.of(
                                    "model",
                                    "checkpoint",
                                    "math",
                                    "onnx",
                                    "djl",
                                    "typicality",
                                    "observability",
                                    "scheduling"),
                            SPRING,
                            JACKSON,
                            METERS,
                            List.of("ai.onnxruntime", "ai.djl")),
                    row(
                            "gateway",
                            Set.of("inference", "checkpoint", "model", "observability"),
                            SPRING,
                            METERS,
                            GRPC,
                            List.of("org.springframework.boot.ssl")),
                    row("explain", Set.of("math", "image", "model", "checkpoint")),
                    row(
                            "pipeline",
                            Set.of(
                                    "inference",
                                    "explain",
                                    "image",
                                    "checkpoint",
                                    "observability",
                                    "scheduling"),
                            SPRING,
                            METERS),
                    row(
                            "oip",
                            Set.of(
                                    "pipeline",
                                    "inference",
                                    "explain",
                                    "model",
                                    "checkpoint",
                                    "observability"),
                            SPRING,
                            JACKSON),
                    row(
                            "rest",
                            Set.of(
                                    "oip",
                                    "pipeline",
                                    "inference",
                                    "typicality",
                                    "explain",
                                    "image",
                                    "model",
                                    "observability",
                                    "scheduling"),
                            SPRING,
                            JACKSON,
                            METERS,
                            WEB,
                            CONTRACT),
                    row(
                            "grpc",
                            Set.of(
                                    "oip",
                                    "pipeline",
                                    "inference",
                                    "typicality",
                                    "explain",
                                    "image",
                                    "model",
                                    "observability"),
                            SPRING,
                            METERS,
                            GRPC),
                    row(
                            "security",
                            Set.of("observability"),
                            SPRING,
                            WEB,
                            List.of("org.springframework.security", "io.grpc")),
                    row("scheduling", Set.of(), SPRING),
                    row("observability", Set.of(), SPRING, METERS, List.of("com.sun.management")),
                    row(
                            "study",
                            Set.of("typicality", "train", "explain", "djl", "model", "checkpoint"),
                            JACKSON,
                            List.of(
                                    "ai.djl",
                                    "java.awt",
                                    "org.hipparchus",
                                    "org.knowm.xchart",
                                    "org.yaml.snakeyaml")),
                    row(
                            "cli",
                            Set.of(
                                    "study",
                                    "typicality",
                                    "math",
                                    "image",
                                    "checkpoint",
                                    "model",
                                    "onnx",
                                    "djl",
                                    "train",
                                    "inference",
                                    "explain",
                                    "observability"),
                            METERS,
                            JACKSON,
                            List.of(
                                    "picocli",
                                    "inference",
                                    "com.google.protobuf",
                                    "org.yaml.snakeyaml",
                                    "me.tongfei.progressbar",
                                    "ch.qos.logback.classic")));

    static final List<Inner> INNER =
            List.of(
                    new Inner(
                            "inference.session",
                            Set.of("cli", "gateway"),
                            List.of("ai.onnxruntime")),
                    new Inner("inference.batch", Set.of(), List.of()),
                    new Inner("train.data", Set.of("cli"), List.of()),
                    new Inner("train.augment", Set.of("cli"), List.of()));

    private PackageTable() {}

    /** The row of a package below {@code io.dmst}, found by its first name. */
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
