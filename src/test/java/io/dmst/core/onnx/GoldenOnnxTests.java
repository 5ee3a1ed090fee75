package io.dmst.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.TensorMap;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published ToST code's outputs, met by the exported graph. */
class GoldenOnnxTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"tost-micro-p16", "tost-micro-p8", "vit-micro-p8"})
    void theGraphMeetsEveryPublishedIntermediate(String name) throws Exception {
        ModelConfig config = ModelConfig.read(GOLDEN.resolve(name + ".json"));
        TensorMap weights = Safetensors.read(GOLDEN.resolve(name + ".safetensors"));
        TensorMap expected = Safetensors.read(GOLDEN.resolve(name + ".expected.safetensors"));

        byte[] graph = new OnnxExport(config, weights.tensors(), Provenance.unknown()).verify();
        try (Ort session = new Ort(graph)) {
            TensorMap actual = session.run(expected.get("input"));
            expected.tensors()
                    .forEach((tensor, values) -> {
                        if (!tensor.equals("input")) {
                            assertThat(Errors.relative(actual.get(tensor), values))
                                    .as(tensor)
                                    .isLessThan(TOLERANCE);
                        }
                    });
        }
    }
}
