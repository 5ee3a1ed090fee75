package io.dmst.cli;

import io.dmst.core.checkpoint.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * A manifest of KServe's {@code InferenceService} for a model.
 *
 * @param runtime that serves it
 * @param image of our service; of no matter to Triton
 * @param storage where the model lies, such as {@code pvc://models/NAME}: a model directory for our
 *     service, which serves the model of its image where this is absent; a model repository for
 *     Triton
 * @param gpus of each replica; 0 for none
 */
record KserveManifest(Runtime runtime, String image, @Nullable String storage, int gpus) {

    private static final String MOUNT = "/mnt/models";
    private static final int LONGEST_NAME = 40;

    /** What serves the model. */
    enum Runtime {
        /** Our own service: images, explanations, every protocol. */
        DMST,
        /** KServe's Triton runtime with the exported graph: pixels alone, no images. */
        TRITON
    }

    KserveManifest {
        if (runtime == Runtime.TRITON && storage == null) {
            throw new IllegalArgumentException(
                    "Triton's image has no model: name by --storage where its repository lies");
        }
        if (gpus < 0) {
            throw new IllegalArgumentException("there must be at least 0 GPUs, not " + gpus);
        }
    }

    void write(ModelDirectory model, Path file) throws IOException {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
        Files.writeString(file, new Yaml(options).dump(document(model)));
    }

    private Map<String, Object> document(ModelDirectory model) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", "serving.kserve.io/v1beta1");
        document.put("kind", "InferenceService");
        document.put(
                "metadata",
                ordered(
                        "name",
                        name(model),
                        "annotations",
                        ordered("dmst.io/model-digest", model.digest())));
        document.put(
                "spec",
                ordered(
                        "predictor",
                        switch (runtime) {
                            case DMST ->
                                    ordered("minReplicas", 1, "containers", List.of(container()));
                            case TRITON -> ordered("minReplicas", 1, "model", triton());
                        }));
        return document;
    }

    /** A name as Kubernetes takes it. */
    private static String name(ModelDirectory model) {
        String name =
                model.config()
                        .name()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9-]", "-")
                        .replaceAll("^[^a-z]+", "");
        String clipped = name.substring(0, Math.min(LONGEST_NAME, name.length()));
        String bare = clipped.replaceAll("-+$", "");
        return bare.isEmpty() ? "model" : bare;
    }

    private Map<String, Object> container() {
        Map<String, Object> container = new LinkedHashMap<>();
        container.put("name", "kserve-container");
        container.put("image", image);
        if (storage != null) {
            container.put("args", List.of("--dmst.inference.model=" + MOUNT));
            // KServe fetches it there before the container starts
            container.put("env", List.of(ordered("name", "STORAGE_URI", "value", storage)));
        }
        container.put("ports", List.of(ordered("containerPort", 8080, "protocol", "TCP")));
        container.put("startupProbe", probe("/v2/health/ready", 60));
        container.put("readinessProbe", probe("/v2/health/ready", 2));
        container.put("livenessProbe", probe("/v2/health/live", 6));
        container.put("resources", resources());
        container.put(
                "securityContext",
                ordered(
                        "runAsNonRoot",
                        true,
                        "allowPrivilegeEscalation",
                        false,
                        "capabilities",
                        ordered("drop", List.of("ALL")),
                        "seccompProfile",
                        ordered("type", "RuntimeDefault")));
        return container;
    }

    private static Map<String, Object> probe(String path, int failures) {
        return ordered(
                "httpGet",
                ordered("path", path, "port", 8080),
                "periodSeconds",
                5,
                "failureThreshold",
                failures);
    }

    private Map<String, Object> triton() {
        return ordered(
                "modelFormat",
                ordered("name", "onnx"),
                "runtime",
                "kserve-tritonserver",
                "protocolVersion",
                "v2",
                "storageUri",
                String.valueOf(storage),
                "resources",
                resources());
    }

    private Map<String, Object> resources() {
        Map<String, Object> requests = ordered("cpu", "1", "memory", "2Gi");
        Map<String, Object> limits = ordered("memory", "2Gi");
        if (gpus > 0) {
            limits.put("nvidia.com/gpu", String.valueOf(gpus));
        }
        return ordered("requests", requests, "limits", limits);
    }

    /** A map in the order of its names and values, which take turns. */
    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
        }
        return map;
    }
}
