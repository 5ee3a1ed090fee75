package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyCommandTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String MODEL = "tost-micro-p8";

    @TempDir private Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "tost-micro-p16, onnxruntime",
        "tost-micro-p8, pytorch",
        "vit-micro-p8, onnxruntime",
        "vit-micro-p8, PyTorch"
    })
    void aPublishedCheckpointIsMetByEitherEngine(String model, String engine) {
        Console run =
                verify(model, GOLDEN.resolve(model + ".expected.safetensors"), "--engine", engine);

        assertThat(run.status()).as(run.err() + run.out()).isZero();
        assertThat(run.out()).contains("logits", "attention.1", "tensors within 1.0E-4");
        assertThat(run.out()).doesNotContain("DIFFERS");
    }

    @Test
    void aDifferenceIsNamedAndFails() throws IOException {
        Map<String, Tensor> expected = expected();
        float[] logits = Safetensors.read(golden()).get("logits").toFloats();
        logits[3] += 0.01f;
        expected.put("logits", Tensor.of(logits, 2, 7));

        Console run = verify(MODEL, write(expected));

        assertThat(run.status()).isOne();
        assertThat(run.out().lines().filter(line -> line.contains("DIFFERS")))
                .singleElement()
                .asString()
                .startsWith("logits");
        assertThat(run.out()).contains("6 of 7 tensors");
    }

    @Test
    void aTensorThatTheNetworkDoesNotComputeFails() throws IOException {
        Map<String, Tensor> expected = expected();
        expected.put("membership.9", Tensor.of(new float[] {1}, 1));
        expected.put("tokens.0", Tensor.of(new float[] {1}, 1));

        Console run = verify(MODEL, write(expected));

        assertThat(run.status()).isOne();
        assertThat(run.out())
                .containsPattern("membership.9 +not computed")
                .contains("[1] is [2, 16, 32]")
                .contains("6 of 8 tensors");
    }

    @Test
    void anythingThatIsNotANumberFails() throws IOException {
        Map<String, Tensor> expected = expected();
        float[] logits = new float[14];
        logits[0] = Float.NaN;
        expected.put("logits", Tensor.of(logits, 2, 7));

        assertThat(verify(MODEL, write(expected), "--tolerance", "1e9").status()).isOne();
    }

    @Test
    void noToleranceMeansEquality() {
        assertThat(verify(MODEL, golden(), "--tolerance", "0").status()).isOne();
    }

    @Test
    void filesThatDoNotFitAreRefusedInOneLine() throws IOException {
        Map<String, Tensor> expected = expected();
        expected.put("input", Tensor.of(new float[2 * 3 * 16 * 16], 2, 3, 16, 16));
        Console otherShape = verify(MODEL, write(expected));
        assertThat(otherShape.status()).isOne();
        assertThat(otherShape.err()).contains("[batch, 3, 32, 32]", "[2, 3, 16, 16]");
        assertThat(otherShape.err().lines()).hasSize(1);

        expected.remove("input");
        assertThat(verify(MODEL, write(expected)).err()).contains("no tensor 'input'");

        Console absent = verify(MODEL, directory.resolve("absent.safetensors"));
        assertThat(absent.status()).isOne();
        assertThat(absent.err()).contains("absent.safetensors").hasLineCount(1);

        Console otherWeights =
                Console.run(
                        "verify",
                        "--config",
                        GOLDEN.resolve("vit-micro-p8.json"),
                        "--weights",
                        GOLDEN.resolve(MODEL + ".safetensors"),
                        "--expected",
                        golden());
        assertThat(otherWeights.status()).isOne();
        assertThat(otherWeights.err())
                .contains("blocks.0.attn.qkv.weight must have shape [96, 32], not [32, 32]");
    }

    private static Path golden() {
        return GOLDEN.resolve(MODEL + ".expected.safetensors");
    }

    private static Map<String, Tensor> expected() throws IOException {
        return new TreeMap<>(Safetensors.read(golden()).tensors());
    }

    private Path write(Map<String, Tensor> tensors) throws IOException {
        Path file = directory.resolve("expected.safetensors");
        Safetensors.write(file, tensors, Map.of());
        return file;
    }

    private static Console verify(String model, Path expected, Object... more) {
        Object[] arguments = {
            "verify",
            "--config",
            GOLDEN.resolve(model + ".json"),
            "--weights",
            GOLDEN.resolve(model + ".safetensors"),
            "--expected",
            expected
        };
        Object[] all = new Object[arguments.length + more.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return Console.run(all);
    }
}
