package io.dmst.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import io.dmst.model.Network;
import io.dmst.model.Probe;
import io.dmst.model.Trace;
import io.dmst.train.data.Batch;
import io.dmst.train.data.BatchSource;
import java.io.IOException;
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

    /** Images of a batch. */
    static final int BATCH = 200;

    /**
     * Images that the layers' statistics are averaged over: they change little from image to image.
     */
    private static final int PROBED = 400;

    /**
     * @param images in order, unmixed
     */
    static Evaluation of(
            NDManager parent,
            Network network,
            DjlParameters parameters,
            BatchSource images,
            IntConsumer progress)
            throws IOException, InterruptedException {
        double loss = 0;
        int correct = 0;
        int done = 0;
        LayerSums layers = new LayerSums(network);
        try (BatchSource.Epoch batches = images.epoch(0)) {
            for (int i = 0; i < images.batches(); i++) {
                Batch batch = batches.next();
                try (NDManager scratch = parent.newSubManager()) {
                    Trace<NDArray> trace = done < PROBED ? layers : Trace.none();
                    DjlOps ops = new DjlOps(scratch);
                    NDArray input = network.normalise(ops, Learner.pixels(scratch, batch));
                    NDArray logits = network.logits(ops, parameters.in(scratch), input, trace);
                    NDArray targets = scratch.create(batch.targets(), logits.getShape());
                    loss += Losses.crossEntropy(logits, targets).getFloat() * batch.size();
                    correct += Losses.correct(logits, batch.labels());
                    layers.settle();
                }
                done += batch.size();
                progress.accept(done);
            }
        }
        return new Evaluation(loss / done, (double) correct / done, layers.means());
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
