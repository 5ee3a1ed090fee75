package io.dmst.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import io.dmst.model.Network;
import io.dmst.model.Probe;
import io.dmst.model.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * How good a network is on a set of images.
 *
 * @param loss mean cross-entropy in nats
 * @param accuracy share of images whose class is first
 * @param layers statistics of the attention per layer; none for an attention without membership
 */
record Evaluation(double loss, double accuracy, List<LayerStatistics> layers) {

    private static final int BATCH = 200;

    /**
     * Images that the layers' statistics are averaged over: they change little from image to image.
     */
    private static final int PROBED = 400;

    static Evaluation of(
            NDManager parent,
            Network network,
            DjlParameters parameters,
            PixelSet images,
            IntConsumer progress) {
        double loss = 0;
        int correct = 0;
        LayerSums layers = new LayerSums(network);
        for (int from = 0; from < images.size(); from += BATCH) {
            int to = Math.min(from + BATCH, images.size());
            try (NDManager scratch = parent.newSubManager()) {
                int[] labels = Arrays.copyOfRange(images.labels(), from, to);
                Trace<NDArray> trace = from < PROBED ? layers : Trace.none();
                DjlOps ops = new DjlOps(scratch);
                NDArray input = network.normalise(ops, pixels(scratch, images, from, to));
                NDArray logits = network.logits(ops, parameters.in(scratch), input, trace);
                NDArray targets = targets(scratch, labels, network.config().numClasses());
                loss += Losses.crossEntropy(logits, targets).getFloat() * (to - from);
                correct += Losses.correct(logits, labels);
                layers.settle();
            }
            progress.accept(to);
        }
        return new Evaluation(
                loss / images.size(), (double) correct / images.size(), layers.means());
    }

    private static NDArray pixels(NDManager scratch, PixelSet images, int from, int to) {
        int length = images.height() * images.width() * 3;
        float[] values = new float[(to - from) * length];
        for (int i = 0; i < values.length; i++) {
            values[i] = images.pixels().get(from + i / length)[i % length] & 0xff;
        }
        return scratch.create(values, new Shape(to - from, images.height(), images.width(), 3));
    }

    private static NDArray targets(NDManager scratch, int[] labels, int classes) {
        float[] targets = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            targets[i * classes + labels[i]] = 1;
        }
        return scratch.create(targets, new Shape(labels.length, classes));
    }

    /** Adds up the statistics of every layer that has a membership. */
    private static final class LayerSums implements Trace<NDArray> {

        private final Network network;
        private final Map<String, float[]> probes = new LinkedHashMap<>();
        private final List<LayerStatistics> sums = new ArrayList<>();
        private int images;

        LayerSums(Network network) {
            this.network = network;
        }

        @Override
        public void record(Probe probe, int layer, NDArray value) {
            if (probe == Probe.MEMBERSHIP
                    || probe == Probe.SECOND_MOMENT
                    || probe == Probe.SELECTION) {
                probes.put(probe.in(layer), value.toFloatArray());
            }
        }

        /** Takes in the probes of one batch. */
        void settle() {
            int perImage = network.config().tokens() * network.config().numHeads();
            int batch = 0;
            for (int layer = 0; probes.containsKey(Probe.MEMBERSHIP.in(layer)); layer++) {
                batch = probe(Probe.MEMBERSHIP, layer).length / perImage;
                for (int image = 0; image < batch; image++) {
                    add(layer, statistics(layer, image, batch));
                }
            }
            images += batch;
            probes.clear();
        }

        private float[] probe(Probe probe, int layer) {
            float[] values = probes.get(probe.in(layer));
            return values == null ? new float[0] : values;
        }

        private LayerStatistics statistics(int layer, int image, int batch) {
            float[] moments = row(probe(Probe.SECOND_MOMENT, layer), image, batch);
            float[] selection = row(probe(Probe.SELECTION, layer), image, batch);
            if (selection.length == 0) {
                selection = new float[moments.length];
                Arrays.fill(selection, 1);
            }
            float[] membership = row(probe(Probe.MEMBERSHIP, layer), image, batch);
            return LayerStatistics.of(network.config(), membership, moments, selection);
        }

        private static float[] row(float[] values, int image, int batch) {
            int length = values.length / batch;
            return Arrays.copyOfRange(values, image * length, (image + 1) * length);
        }

        private void add(int layer, LayerStatistics statistics) {
            if (layer < sums.size()) {
                sums.set(layer, sums.get(layer).plus(statistics));
            } else {
                sums.add(statistics);
            }
        }

        List<LayerStatistics> means() {
            return sums.stream().map(sum -> sum.over(images)).toList();
        }
    }
}
