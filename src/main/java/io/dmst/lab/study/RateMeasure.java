package io.dmst.lab.study;

import ai.djl.Device;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.explain.Explainer;
import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.Wanted;
import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.ParameterSpec.Init;
import io.dmst.djl.DjlNetwork;
import io.dmst.lab.train.UntrainedWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Coding rates over the blocks of a network, as means over images: R and the exact R_c of unit
 * tokens, R_c with the block's own membership, and R_c^var of the projected tokens, at ε² = 0.01;
 * of the trained network and, as the null, of the same network as its training began. Softmax
 * attention has R alone. A pretrained stem is the same in both.
 */
public final class RateMeasure {

    private static final int BATCH = 32;

    private final ModelDirectory model;
    private final Explainer explainer;

    public RateMeasure(ModelDirectory model) {
        this.model = model;
        this.explainer = new Explainer(model.config(), Wanted.everything(model.config()));
    }

    /**
     * Measures both networks.
     *
     * @param pixels of images, uint8 {@code [H, W, 3]} each
     * @param seed of the training
     */
    public Map<String, Object> measure(List<byte[]> pixels, long seed, Device device) {
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("images", pixels.size());
        measured.put("trained", rates(model.weights(), pixels, device));
        measured.put("untrained", rates(untrained(seed), pixels, device));
        return measured;
    }

    private TensorMap untrained(long seed) {
        Network network = new Network(model.config());
        Set<String> given =
                model.config().stem().pretrained() ? network.stemParameters() : Set.of();
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        UntrainedWeights.of(network, seed)
                .forEach((spec, values) -> {
                    // mean and deviation of a pretrained stem's features are measured, not learnt
                    boolean same =
                            given.contains(spec.name())
                                    || spec.init() == Init.FEATURE_MEAN
                                    || spec.init() == Init.FEATURE_DEVIATION;
                    tensors.put(
                            spec.name(),
                            same
                                    ? model.weights().get(spec.name())
                                    : Tensor.of(values, shape(spec)));
                });
        return new TensorMap("untrained", tensors, Map.of());
    }

    private static int[] shape(ParameterSpec spec) {
        return spec.shape().stream().mapToInt(Integer::intValue).toArray();
    }

    private Map<String, List<Double>> rates(TensorMap weights, List<byte[]> pixels, Device device) {
        Sums sums = new Sums();
        try (DjlNetwork network = new DjlNetwork(model.config(), weights, device)) {
            for (int from = 0; from < pixels.size(); from += BATCH) {
                List<byte[]> some = pixels.subList(from, Math.min(from + BATCH, pixels.size()));
                TensorMap outputs = network.classify(batch(some), explainer.probes());
                for (int image = 0; image < some.size(); image++) {
                    // rates know of no class: any one will do
                    sums.add(explainer.explain(trace(outputs, image, some.size()), 0));
                }
            }
        }
        return sums.means(pixels.size());
    }

    private Tensor batch(List<byte[]> images) {
        int height = model.config().imageSize().height();
        int width = model.config().imageSize().width();
        byte[] all = new byte[images.size() * height * width * 3];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i), 0, all, i * height * width * 3, height * width * 3);
        }
        return Tensor.ofBytes(all, images.size(), height, width, 3);
    }

    private Map<String, float[]> trace(TensorMap outputs, int image, int batch) {
        Map<String, float[]> trace = new LinkedHashMap<>();
        for (String probe : explainer.probes()) {
            float[] values = outputs.get(probe).toFloats();
            int length = values.length / batch;
            trace.put(probe, Arrays.copyOfRange(values, image * length, (image + 1) * length));
        }
        return trace;
    }

    /** Adds up the rates of images by block. */
    private static final class Sums {

        private final Map<String, List<Double>> byName = new LinkedHashMap<>();

        void add(Explanation explanation) {
            for (Explanation.Layer layer : explanation.layers()) {
                add("rate", layer.layer(), layer.rates().rate());
                add("compression", layer.layer(), layer.rates().compression());
                add("variational", layer.layer(), layer.rates().variational());
            }
        }

        private void add(String name, int block, @Nullable Double value) {
            if (value == null) {
                return;
            }
            List<Double> sums = byName.computeIfAbsent(name, absent -> new ArrayList<>());
            if (sums.size() == block) {
                sums.add(0.0);
            }
            sums.set(block, sums.get(block) + value);
        }

        Map<String, List<Double>> means(int images) {
            Map<String, List<Double>> means = new LinkedHashMap<>();
            byName.forEach((name, sums) ->
                    means.put(name, sums.stream().map(sum -> sum / images).toList()));
            return means;
        }
    }
}
