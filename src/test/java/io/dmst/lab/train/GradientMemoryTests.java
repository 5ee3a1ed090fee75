package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.Trace;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlParameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the way back reads is still what the way forth wrote, whatever Java has collected between.
 */
class GradientMemoryTests {

    private static final int BATCH = 4;

    @ParameterizedTest
    @CsvSource({
        "dmsa, moment, none, class_attention, convolution",
        "dmsa, mask, membership, membership, patches",
        "dmsa, none, projection, class_attention, convolution",
        "tssa, moment, none, membership, efficientnet-lite0",
        "mhsa, moment, none, class_attention, patches"
    })
    void garbageCollectedBetweenLossAndGradientChangesNothing(
            String attention, String sparsifier, String rope, String head, String stem) {
        boolean pretrained = stem.startsWith("efficientnet");
        Network network =
                new Network(
                        ModelConfig.of(
                                Map.ofEntries(
                                        Map.entry("image_size", pretrained ? 32 : 16),
                                        Map.entry("patch_size", pretrained ? 16 : 4),
                                        Map.entry("stem", stem),
                                        Map.entry(
                                                "stem_stages",
                                                pretrained ? List.of(5, 7) : List.of()),
                                        Map.entry("head", head),
                                        Map.entry("embed_dim", 16),
                                        Map.entry("depth", 2),
                                        Map.entry("num_heads", 2),
                                        Map.entry("num_classes", 3),
                                        Map.entry("attention", attention),
                                        Map.entry("sparsifier", sparsifier),
                                        Map.entry("rope", rope))));
        Map<String, float[]> expected = gradients(network, () -> {});
        assertThat(expected).isNotEmpty();
        Map<String, float[]> found =
                gradients(network, GradientMemoryTests::collectAndOverwriteGarbage);
        expected.forEach(
                (name, gradient) -> assertThat(found.get(name)).as(name).containsExactly(gradient));
    }

    private static Map<String, float[]> gradients(Network network, Runnable between) {
        SplittableRandom random = new SplittableRandom(5);
        Initialiser initialiser = new Initialiser(random, network.config().eta());
        try (NDManager manager = DjlEngines.newManager(Device.cpu());
                DjlParameters weights = new DjlParameters(manager)) {
            for (ParameterSpec spec : network.parameters()) {
                weights.add(spec, initialiser.values(spec))
                        .setRequiresGradient(spec.init().trained());
            }
            try (NDManager scratch = manager.newSubManager();
                    GradientCollector collector =
                            Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss = loss(network, weights, scratch, random);
                between.run();
                collector.backward(loss);
            }
            Map<String, float[]> gradients = new LinkedHashMap<>();
            for (ParameterSpec spec : network.parameters()) {
                if (spec.init().trained()) {
                    gradients.put(
                            spec.name(), weights.array(spec.name()).getGradient().toFloatArray());
                }
            }
            return gradients;
        }
    }

    private static NDArray loss(
            Network network, DjlParameters weights, NDManager scratch, SplittableRandom random) {
        int size = network.config().imageSize().height();
        float[] pixels = new float[BATCH * size * size * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextInt(256);
        }
        float[] targets = new float[BATCH * network.config().numClasses()];
        for (int i = 0; i < BATCH; i++) {
            targets[i * network.config().numClasses() + random.nextInt(3)] = 1;
        }
        TrainingOps ops = new TrainingOps(scratch, new Regularisation(0, 0.1, 0.3), random);
        NDArray images = scratch.create(pixels, new Shape(BATCH, size, size, 3));
        NDArray logits =
                network.logits(
                        ops, weights.in(scratch), network.normalise(ops, images), Trace.none());
        return Losses.crossEntropy(logits, scratch.create(targets, logits.getShape()));
    }

    /** Numbers in the memory of buffers that nothing refers to any more become NaN. */
    private static void collectAndOverwriteGarbage() {
        List<ByteBuffer> overwriting = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            System.gc();
            // the thread that frees buffers runs beside this one
            Thread.yield();
            for (int i = 0; i < 20_000; i++) {
                ByteBuffer number = ByteBuffer.allocateDirect(Float.BYTES);
                number.order(ByteOrder.nativeOrder()).putFloat(0, Float.NaN);
                overwriting.add(number);
            }
        }
        assertThat(overwriting.getLast().order(ByteOrder.nativeOrder()).getFloat(0)).isNaN();
    }
}
