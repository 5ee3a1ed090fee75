package io.dmst.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.core.onnx.Precision;
import io.dmst.serve.local.PredictorLoader;
import io.dmst.serve.predict.InferenceProperties.EngineName;
import io.dmst.serve.predict.ServedModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadChoiceTests {

    @ParameterizedTest
    @CsvSource({
        // cores, time with 1, 2, 4, 6 threads, chosen
        "1, 100, 0, 0, 0, 1",
        "2, 100, 110, 0, 0, 1",
        "2, 100, 85, 0, 0, 1",
        "2, 100, 60, 0, 0, 2",
        "6, 100, 60, 40, 35, 4",
        "6, 100, 60, 40, 30, 6",
        "6, 100, 90, 20, 10, 1"
    })
    void twiceTheThreadsAreTakenAsLongAsTheyAreWorthwhile(
            int cores, int one, int two, int four, int six, int chosen) {
        Map<Integer, Integer> times = Map.of(1, one, 2, two, 4, four, 6, six);

        assertThat(ThreadChoice.of(cores, threads -> times.get(threads))).isEqualTo(chosen);
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() throws IOException {
        ModelDirectory model = PredictorLoader.model(null);
        List<byte[]> images =
                IntStream.range(0, 5)
                        .mapToObj(seed -> noise(seed, ServedModel.of(model).pixelBytes()))
                        .toList();

        try (Engine one = engine(model, 1);
                Engine three = engine(model, 3)) {
            Set<String> probes = Set.of("membership.0", "tokens.3");
            assertThat(bits(one.run(images, probes))).isEqualTo(bits(three.run(images, probes)));
        }
    }

    @Test
    void aNumberIsFoundForTheBundledModel() throws IOException {
        ModelDirectory model = PredictorLoader.model(null);

        assertThat(ThreadChoice.of(OnnxExport.of(model).classify()))
                .isBetween(1, PhysicalCores.count());
    }

    private static Engine engine(ModelDirectory model, int threads) {
        return PredictorLoader.engine(
                model, EngineName.ONNXRUNTIME, Precision.FP32, Device.CPU, threads);
    }

    private static byte[] noise(int seed, int size) {
        byte[] pixels = new byte[size];
        new Random(seed).nextBytes(pixels);
        return pixels;
    }

    private static List<Map<String, List<Float>>> bits(List<Map<String, ProbeValues>> images) {
        return images.stream()
                .map(image ->
                        image.entrySet().stream()
                                .collect(
                                        Collectors.toMap(
                                                Map.Entry::getKey,
                                                output -> floats(output.getValue().values()))))
                .toList();
    }

    private static List<Float> floats(float[] values) {
        return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
    }
}
