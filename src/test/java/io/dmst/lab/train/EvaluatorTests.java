package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.Probe;
import io.dmst.core.model.Trace;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EvaluatorTests {

    private static final int IMAGES = 5;

    private final NDManager manager = DjlEngines.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    /** Random features, each image of class 0. */
    private record Noise(ModelConfig config) implements Examples {

        @Override
        public int size() {
            return IMAGES;
        }

        @Override
        public int label(int image) {
            return 0;
        }

        @Override
        public List<NDArray> features(NDManager scratch, DjlParameters parameters, int... images) {
            int length = config.embedDim() * config.tokens();
            float[] values = new float[images.length * length];
            for (int i = 0; i < images.length; i++) {
                SplittableRandom random = new SplittableRandom(images[i]);
                for (int j = 0; j < length; j++) {
                    values[i * length + j] = (float) random.nextGaussian();
                }
            }
            Shape shape =
                    new Shape(
                            images.length,
                            config.embedDim(),
                            config.gridHeight(),
                            config.gridWidth());
            return List.of(scratch.create(values, shape));
        }
    }

    private static ModelConfig config(String head) {
        return Trainings.TINY.with(Map.of("head", head));
    }

    private DjlParameters parameters(Network network) {
        DjlParameters parameters = new DjlParameters(manager);
        SplittableRandom random = new SplittableRandom(3);
        for (ParameterSpec spec : network.parameters()) {
            float[] values = new float[spec.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * 0.5f + 0.5f;
            }
            parameters.add(spec, values);
        }
        return parameters;
    }

    /** Logits and probes of a pass. */
    private record Pass(Map<String, float[]> values) {

        float[] get(String name) {
            return values.getOrDefault(name, new float[0]);
        }
    }

    /** Of all images in order. */
    private Pass pass(Network network, InterventionRuns intervention) {
        Map<String, float[]> found = new HashMap<>();
        Trace<NDArray> trace =
                (probe, layer, value) -> found.put(probe.in(layer), value.toFloatArray());
        try (NDManager scratch = manager.newSubManager()) {
            DjlParameters parameters = parameters(network);
            NDArray logits =
                    network.fromFeatures(
                            new DjlOps(scratch),
                            parameters.in(scratch),
                            new Noise(network.config())
                                    .features(
                                            scratch,
                                            parameters,
                                            IntStream.range(0, IMAGES).toArray()),
                            new Network.Watch<>(trace, intervention.in(scratch, network.config())));
            found.put("logits", logits.toFloatArray());
        }
        return new Pass(found);
    }

    @Test
    void anotherPicturesMembershipsReachTheHeadAlone() {
        Network network = new Network(config("membership"));
        Pass own = pass(network, InterventionRuns.OWN);
        Pass other = pass(network, InterventionRuns.OTHER_PICTURE);
        String tokens = Probe.HEAD_TOKENS.in(1);
        String centred = Probe.HEAD_MEMBERSHIP.in(1);
        assertThat(other.get(tokens)).containsExactly(own.get(tokens));
        int each = own.get(centred).length / IMAGES;
        for (int image = 0; image < IMAGES; image++) {
            int next = (image + 1) % IMAGES;
            for (int i = 0; i < each; i++) {
                assertThat(other.get(centred)[image * each + i])
                        .isCloseTo(own.get(centred)[next * each + i], within(1e-6f));
            }
        }
        assertThat(other.get("logits")).isNotEqualTo(own.get("logits"));
    }

    @Test
    void shuffledMembershipsAreAPermutationOfTheTokens() {
        Network network = new Network(config("class_attention"));
        float[] own = pass(network, InterventionRuns.OWN).get(Probe.MEMBERSHIP.in(0));
        float[] shuffled = pass(network, InterventionRuns.SHUFFLED).get(Probe.MEMBERSHIP.in(0));
        int[] order = InterventionRuns.permutation(network.config().tokens());
        for (int token = 0; token < order.length; token++) {
            assertThat(shuffled[2 * token]).isEqualTo(own[2 * order[token]]);
        }
        assertThat(shuffled).isNotEqualTo(own);
    }

    @Test
    void withoutAttentionEveryBlocksTermIsZero() {
        Pass off = pass(new Network(config("class_attention")), InterventionRuns.ATTENTION_OFF);
        assertThat(off.get(Probe.ATTENTION.in(0))).containsOnly(0f);
        assertThat(off.get(Probe.ATTENTION.in(1))).containsOnly(0f);
    }

    @Test
    void theMeanMapIsTheMeanOfTheLastMemberships() throws Exception {
        Network network = new Network(config("membership"));
        float[] each = pass(network, InterventionRuns.OWN).get(Probe.MEMBERSHIP.in(1));
        Evaluator evaluator = new Evaluator(manager, network, parameters(network));
        Noise noise = new Noise(network.config());
        float[] mean = evaluator.meanMap(noise, Evaluator.all(noise));
        for (int i = 0; i < mean.length; i++) {
            double expected = 0;
            for (int image = 0; image < IMAGES; image++) {
                expected += each[image * mean.length + i] / IMAGES;
            }
            assertThat((double) mean[i]).isCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void balancedAccuracyIsTheMeanOverTheClassesThatAreThere() {
        Hits hits = new Hits(3);
        hits.add(0, 0);
        hits.add(0, 0);
        hits.add(0, 0);
        hits.add(2, 1);
        assertThat(hits.accuracy()).isEqualTo(0.75);
        assertThat(hits.balancedAccuracy()).isEqualTo(0.5);
    }

    @Test
    void softmaxAttentionHasNoMembershipsToIntervene() {
        ModelConfig softmax = Trainings.TINY.with(Map.of("attention", "mhsa"));
        assertThat(InterventionRuns.OTHER_PICTURE.appliesTo(softmax)).isFalse();
        assertThat(InterventionRuns.ATTENTION_OFF.appliesTo(softmax)).isTrue();
    }
}
