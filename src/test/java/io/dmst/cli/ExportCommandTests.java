package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import onnx.ModelProto;
import onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir private Path directory = Path.of("");

    @Test
    void aModelDirectoryBecomesAFileThatRuns() throws IOException {
        Path model = model(new TreeMap<>());
        Path file = directory.resolve("new/model.onnx");

        Console run = Console.run("export", "--model", model, "--out", file);

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("5 outputs", "ONNX Runtime runs it");
        ModelProto written = ModelProto.parseFrom(Files.readAllBytes(file));
        assertThat(written.getMetadataPropsList())
                .anySatisfy(entry -> {
                    assertThat(entry.getKey()).isEqualTo("dmst.model.digest");
                    assertThat(entry.getValue()).isEqualTo(ModelDirectory.read(model).digest());
                });
        try (var files = Files.list(file.resolveSibling(""))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void theExplainingFileHasTheProbes() throws IOException {
        Path file = directory.resolve("model.onnx");

        Console run = Console.run("export", "--model", model(Map.of()), "--out", file, "--explain");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(
                        ModelProto.parseFrom(Files.readAllBytes(file))
                                .getGraph()
                                .getOutputList()
                                .stream()
                                .map(ValueInfoProto::getName))
                .contains("logits", "membership.1", "second_moment.0", "class_attention.1");
    }

    @Test
    void weightsThatComputeNoNumbersLeaveNoFile() throws IOException {
        float[] bad = new float[7];
        Arrays.fill(bad, Float.NaN);
        Path file = directory.resolve("model.onnx");

        Console run =
                Console.run(
                        "export",
                        "--model",
                        model(Map.of("head.bias", Tensor.of(bad, 7))),
                        "--out",
                        file);

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("NaN").hasLineCount(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void aMissingModelIsNamed() {
        Path absent = directory.resolve("absent");
        Console run = Console.run("export", "--model", absent, "--out", directory.resolve("x"));

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains(absent.toString()).hasLineCount(1);
    }

    @Test
    void somethingToWriteMustBeNamed() throws IOException {
        Console run = Console.run("export", "--model", model(Map.of()));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--out, --triton or --kserve");
    }

    private Path model(Map<String, Tensor> changes) throws IOException {
        Path model = Files.createDirectories(directory.resolve("model"));
        ModelConfig config = ModelConfig.read(GOLDEN.resolve("tost-micro-p8.json"));
        Map<String, Tensor> weights =
                new TreeMap<>(
                        Safetensors.read(GOLDEN.resolve("tost-micro-p8.safetensors")).tensors());
        weights.putAll(changes);
        Files.writeString(model.resolve(ModelDirectory.CONFIG), config.json());
        Safetensors.write(model.resolve(ModelDirectory.WEIGHTS), weights, Map.of());
        return model;
    }
}
