package io.dmst.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.checkpoint.Golden;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.onnx.OnnxExport;
import io.dmst.djl.GoldenOutputs;
import io.dmst.serve.local.PredictorLoaderTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the bundled model, and on engines that get something wrong. */
class SelfCheckTests {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final double TOLERANCE = 1e-3;

    @TempDir private Path directory;

    private final ModelDirectory model = PredictorLoaderTests.bundled();
    private final SelfCheck check = check(GoldenImages.of(model), true);
    private OnnxExport export = OnnxExport.of(model);

    private static SelfCheck check(GoldenImages images, boolean sameBits) {
        return new SelfCheck(images, 8, LONG, sameBits, TOLERANCE);
    }

    @BeforeEach
    void copyAModel() throws IOException {
        for (String file : List.of(ModelDirectory.CONFIG, ModelDirectory.WEIGHTS)) {
            Files.copy(
                    Path.of("src/main/resources/models/dmst-cifar10", file),
                    directory.resolve(file));
        }
    }

    private OnnxEngine engine() {
        return new OnnxEngine(
                new OnnxSession(export.classify(), 1, null),
                () -> new OnnxSession(export.explain(), 1, null));
    }

    /** The real engine, but for what one output of the last image of a batch says. */
    private Engine lying(String output, UnaryOperator<float[]> lie) {
        OnnxEngine honest = engine();
        return new Engine() {
            @Override
            public Set<String> probes() {
                return honest.probes();
            }

            @Override
            public List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> probes) {
                List<Map<String, ProbeValues>> images = new ArrayList<>(honest.run(pixels, probes));
                Map<String, ProbeValues> last = new HashMap<>(images.removeLast());
                last.computeIfPresent(
                        output,
                        (name, values) ->
                                new ProbeValues(values.shape(), lie.apply(values.values())));
                images.add(last);
                return images;
            }

            @Override
            public void close() {
                honest.close();
            }
        };
    }

    private static UnaryOperator<float[]> firstPlus(float number) {
        return values -> {
            values[0] += number;
            return values;
        };
    }

    private void assertRefused(Engine engine, String why) {
        try (engine) {
            assertThatThrownBy(() -> check.run(engine))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(why);
        }
    }

    @Test
    void theBundledModelHasGoldenImagesAndItsEngineAnswersThem() {
        GoldenImages images = GoldenImages.of(model);
        assertThat(images.expected("logits", 0)).hasSize(10);
        assertThat(images.expected("membership.3", 2)).hasSize(64 * 4);
        try (OnnxEngine engine = engine()) {
            assertThat(check.run(engine)).isEqualTo(8);
        }
    }

    @Test
    void whateverIsWrongIsNoticedAndNamed() {
        assertRefused(lying("logits", firstPlus(0.1f)), "golden image 0: logits");
        assertRefused(lying("probabilities", firstPlus(0.01f)), "probabilities sums to");
        assertRefused(lying("membership.2", firstPlus(0.01f)), "membership.2 sums to");
        assertRefused(lying("tokens.1", firstPlus(Float.NaN)), "tokens.1 holds NaN");
        assertRefused(
                lying(
                        "membership.1",
                        values -> {
                            values[0] += 0.01f;
                            values[1] -= 0.01f;
                            return values;
                        }),
                "golden image 0: membership.1");
    }

    @Test
    void anEngineWhoseBatchesAreWrongIsNoticedThoughItsImagesAloneAreRight() {
        Engine right = engine();
        Engine mixesUp =
                new Engine() {
                    @Override
                    public Set<String> probes() {
                        return right.probes();
                    }

                    @Override
                    public List<Map<String, ProbeValues>> run(
                            List<byte[]> pixels, Set<String> probes) {
                        return right.run(pixels, probes).reversed();
                    }

                    @Override
                    public void close() {
                        right.close();
                    }
                };
        assertRefused(mixesUp, "in a batch of 2");
    }

    @Test
    void anEngineWhoseBatchesDifferInTheLastBitComputesImagesOneByOneWhereBitsCount() {
        Engine rounds =
                lying(
                        "logits",
                        new UnaryOperator<>() {
                            private int calls;

                            @Override
                            public float[] apply(float[] values) {
                                values[0] += calls++ % 4 == 3 ? Math.ulp(values[0]) : 0;
                                return values;
                            }
                        });
        try (rounds) {
            assertThat(check.run(rounds)).isEqualTo(1);
        }
        try (OnnxEngine engine = engine()) {
            assertThat(check(GoldenImages.of(model), false).run(engine)).isEqualTo(8);
        }
    }

    @Test
    void batchesThatWouldTakeTooLongAreNotTried() {
        try (OnnxEngine engine = engine()) {
            SelfCheck hurried =
                    new SelfCheck(GoldenImages.of(model), 8, Duration.ofNanos(1), true, TOLERANCE);
            assertThat(hurried.run(engine)).isEqualTo(1);
        }
    }

    @Test
    void aMachineThatIsSlowAtTheStartIsNotBoundToSmallBatchesForEver() {
        Engine slow =
                lying(
                        "logits",
                        values -> {
                            LockSupport.parkNanos(Duration.ofMillis(15).toNanos());
                            return values;
                        });
        SelfCheck usual =
                new SelfCheck(GoldenImages.of(model), 8, Duration.ofMillis(50), true, TOLERANCE);
        try (slow) {
            assertThat(usual.run(slow)).isEqualTo(8);
        }
    }

    @Test
    void aModelWithoutGoldenImagesIsStillCheckedToBeSound() throws IOException {
        GoldenImages images = GoldenImages.of(ModelDirectory.read(directory));
        assertThat(images.expected()).isEmpty();
        try (OnnxEngine engine = engine()) {
            assertThat(check(images, true).run(engine)).isEqualTo(8);
        }
        assertRefused(lying("logits", firstPlus(Float.NaN)), "logits holds NaN");
    }

    @Test
    void goldenImagesThatAreWrittenAnewAreTheSameAndThoseOfAnotherModelAreIgnored()
            throws IOException {
        GoldenOutputs.write(directory);
        GoldenImages written = GoldenImages.of(ModelDirectory.read(directory));
        assertThat(written.pixels().getFirst())
                .isEqualTo(GoldenImages.of(model).pixels().getFirst());
        try (OnnxEngine engine = engine()) {
            assertThat(check(written, true).run(engine)).isEqualTo(8);
        }

        TreeMap<String, Tensor> weights = new TreeMap<>(model.weights().tensors());
        String first = weights.firstKey();
        Tensor former = model.weights().get(first);
        float[] changed = former.toFloats();
        changed[0] += 1;
        int[] shape = former.shape().stream().mapToInt(i -> i).toArray();
        weights.put(first, Tensor.of(changed, shape));
        Safetensors.write(directory.resolve(ModelDirectory.WEIGHTS), weights, Map.of());
        assertThat(directory.resolve(Golden.FILE)).exists();
        assertThat(GoldenImages.of(ModelDirectory.read(directory)).expected()).isEmpty();
    }
}
