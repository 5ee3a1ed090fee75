package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import inference.DataType;
import inference.ModelConfig;
import inference.ModelInstanceGroup.Kind;
import inference.ModelOutput;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.engine.OnnxProgram;
import io.dmst.core.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bundled model as a repository of Triton and as a manifest of KServe. */
class DeploymentExportTests {

    private static final String NAME = "dmst-cifar10";

    @TempDir private Path directory = Path.of("");

    private ModelConfig exported(Object... more) throws IOException {
        Console run = Console.run(with(more, "export", "--triton", directory));
        assertThat(run.status()).as(run.err()).isZero();
        return TextFormat.parse(
                Files.readString(directory.resolve(NAME).resolve("config.pbtxt")),
                ModelConfig.class);
    }

    @Test
    void aTritonRepositoryDescribesTheGraphThatLiesInIt() throws IOException {
        ModelConfig config = exported();
        assertThat(config.getName()).isEqualTo(NAME);
        assertThat(config.getBackend()).isEqualTo("onnxruntime");
        assertThat(config.getMaxBatchSize()).isEqualTo(64);
        assertThat(config.hasDynamicBatching()).isTrue();
        assertThat(config.getInstanceGroupList()).isEmpty();
        assertThat(config.getInput(0).getName()).isEqualTo("pixels");
        assertThat(config.getInput(0).getDataType()).isEqualTo(DataType.TYPE_UINT8);
        assertThat(config.getInput(0).getDimsList()).containsExactly(32L, 32L, 3L);
        TensorMap outputs = run(noise(3));
        assertThat(config.getOutputList().stream().map(ModelOutput::getName))
                .containsExactlyInAnyOrderElementsOf(outputs.names());
        for (ModelOutput output : config.getOutputList()) {
            assertThat(output.getDimsList())
                    .isEqualTo(
                            outputs.get(output.getName()).shape().stream()
                                    .skip(1)
                                    .map(Long::valueOf)
                                    .toList());
        }
    }

    @Test
    void itsClassesHaveNames() throws IOException {
        ModelConfig config = exported();
        assertThat(
                        config.getOutputList().stream()
                                .filter(output -> !output.getLabelFilename().isEmpty())
                                .map(ModelOutput::getName))
                .containsExactlyInAnyOrder("logits", "probabilities");
        assertThat(Files.readAllLines(directory.resolve(NAME).resolve("labels.txt")))
                .isEqualTo(ModelDirectory.bundled(NAME).labels());
    }

    @Test
    void itsGraphGivesTheLogitsOfTheModel() throws IOException {
        exported();
        Tensor pixels = noise(2);
        byte[] classify = OnnxExport.of(ModelDirectory.bundled(NAME)).classify();
        try (OnnxProgram own = new OnnxProgram(classify)) {
            assertThat(run(pixels).get("logits").toFloats())
                    .isEqualTo(own.run(pixels).get("logits").toFloats());
        }
    }

    @Test
    void theExplainingGraphHasItsProbesInTheConfiguration() throws IOException {
        ModelConfig config = exported("--explain", "--triton-device", "gpu", "--max-batch", "8");
        assertThat(config.getOutputList().stream().map(ModelOutput::getName))
                .contains("membership.3", "tokens.0", "logits");
        assertThat(config.getMaxBatchSize()).isEqualTo(8);
        assertThat(config.getInstanceGroup(0).getKind()).isEqualTo(Kind.KIND_GPU);
        assertThat(config.getParametersOrThrow("dmst.digest").getStringValue())
                .isEqualTo(ModelDirectory.bundled(NAME).digest());
    }

    @Test
    void aManifestOfKserveRunsOurImageWithAModelThatKserveFetches() throws IOException {
        JsonNode container =
                predictor("--storage", "pvc://models/mine", "--image", "registry/dmst:1")
                        .at("/containers/0");
        assertThat(container.at("/image").asString()).isEqualTo("registry/dmst:1");
        assertThat(container.at("/args/0").asString())
                .isEqualTo("--dmst.inference.model=/mnt/models");
        assertThat(container.at("/env/0/name").asString()).isEqualTo("STORAGE_URI");
        assertThat(container.at("/env/0/value").asString()).isEqualTo("pvc://models/mine");
        assertThat(container.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(container.at("/readinessProbe/httpGet/path").asString())
                .isEqualTo("/v2/health/ready");
    }

    @Test
    void withoutStorageTheImagesOwnModelIsServed() throws IOException {
        JsonNode container = predictor().at("/containers/0");
        assertThat(container.path("image").asString()).isEqualTo("dmst:latest");
        assertThat(container.has("args")).isFalse();
        assertThat(container.has("env")).isFalse();
    }

    @Test
    void aManifestForTritonNamesItsRuntimeAndRepository() throws IOException {
        JsonNode model =
                predictor("--kserve-runtime", "triton", "--storage", "s3://models/r", "--gpus", "1")
                        .path("model");
        assertThat(model.path("runtime").asString()).isEqualTo("kserve-tritonserver");
        assertThat(model.path("storageUri").asString()).isEqualTo("s3://models/r");
        assertThat(model.path("protocolVersion").asString()).isEqualTo("v2");
        assertThat(model.at("/resources/limits/nvidia.com~1gpu").asString()).isEqualTo("1");
    }

    @Test
    void aManifestForTritonWithoutItsRepositoryIsRefused() {
        Console run =
                Console.run(
                        "export",
                        "--kserve",
                        directory.resolve("k.yaml"),
                        "--kserve-runtime",
                        "triton");
        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("--storage");
    }

    private JsonNode predictor(Object... more) throws IOException {
        Path file = directory.resolve("service.yaml");
        Console run = Console.run(with(more, "export", "--kserve", file));
        assertThat(run.status()).as(run.err()).isZero();
        Object yaml =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
        JsonNode manifest = JsonMapper.shared().valueToTree(yaml);
        assertThat(manifest.path("apiVersion").asString()).isEqualTo("serving.kserve.io/v1beta1");
        assertThat(manifest.path("kind").asString()).isEqualTo("InferenceService");
        assertThat(manifest.at("/metadata/name").asString()).isEqualTo(NAME);
        return manifest.at("/spec/predictor");
    }

    private static Object[] with(Object[] more, Object... first) {
        return Stream.of(first, more).flatMap(Arrays::stream).toArray();
    }

    private TensorMap run(Tensor pixels) throws IOException {
        byte[] graph =
                Files.readAllBytes(directory.resolve(NAME).resolve("1").resolve("model.onnx"));
        try (OnnxProgram program = new OnnxProgram(graph)) {
            return program.run(pixels);
        }
    }

    private static Tensor noise(int images) {
        byte[] pixels = new byte[images * 32 * 32 * 3];
        new SplittableRandom(3).nextBytes(pixels);
        return Tensor.ofBytes(pixels, images, 32, 32, 3);
    }
}
