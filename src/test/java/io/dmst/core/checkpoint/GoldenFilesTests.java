package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenFilesTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "operators-f64, 184",
        "tost-micro-p16, 100",
        "tost-micro-p16.expected, 11",
        "tost-micro-p8, 80",
        "tost-micro-p8.expected, 8",
        "vit-micro-p8, 78",
        "vit-micro-p8.expected, 6"
    })
    void everyFileOfThePublishedCodeIsRead(String name, int tensors) throws IOException {
        TensorMap read = Safetensors.read(GOLDEN.resolve(name + ".safetensors"));
        assertThat(read.names()).hasSize(tensors);
        assertThat(read.tensors().values())
                .allSatisfy(tensor ->
                        assertThat(tensor.toDoubles())
                                .hasSize((int) tensor.size())
                                .doesNotContain(Double.NaN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"operators-f64", "tost-micro-p8.expected", "vit-micro-p8.expected"})
    void theReferenceImplementationsBytesAreWrittenAgain(String name) throws IOException {
        Path file = GOLDEN.resolve(name + ".safetensors");
        TensorMap read = Safetensors.read(file);
        Path copy = folder.resolve("copy.safetensors");
        Safetensors.write(copy, read.tensors(), read.metadata());
        assertThat(copy).hasSameBinaryContentAs(file);
    }

    @Test
    void valuesAreWhereTheirNamesSay() throws IOException {
        TensorMap expected =
                Safetensors.read(GOLDEN.resolve("tost-micro-p16.expected.safetensors"));
        assertThat(expected.get("input").shape()).containsExactly(2, 3, 64, 64);
        assertThat(expected.get("logits", 2, 5).toFloats()).hasSize(10);
        assertThat(Safetensors.read(GOLDEN.resolve("tost-micro-p8.safetensors")).metadata())
                .isEqualTo(
                        Map.of(
                                "source", "published ToST vision code, random weights",
                                "op", "AttentionTSSA"));
    }

    @ParameterizedTest
    @CsvSource({"tost-micro-p16, TSSA, 16", "tost-micro-p8, TSSA, 16", "vit-micro-p8, MHSA, 16"})
    void theConfigurationsAreRead(String name, Attention attention, int tokens) throws IOException {
        ModelConfig config = ModelConfig.read(GOLDEN.resolve(name + ".json"));
        assertThat(config.attention()).isEqualTo(attention);
        assertThat(config.tokens()).isEqualTo(tokens);
        assertThat(config.embedDim()).isEqualTo(32);
        assertThat(Files.exists(GOLDEN.resolve(name + ".safetensors"))).isTrue();
    }
}
