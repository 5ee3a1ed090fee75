package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.core.model.Network;
import io.dmst.core.model.Probe;
import io.dmst.core.model.Trace;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Forward passes of a network over a set of images. Not thread-safe.
 *
 * @param manager whose device computes
 * @param network its shape
 * @param parameters its weights
 * @param progress receives the number of images of each batch that is done
 */
record Evaluator(
        NDManager manager, Network network, DjlParameters parameters, IntConsumer progress) {

    private static final int BATCH = 128;

    /**
     * Images that the layers' statistics are averaged over: they change little from image to image.
     */
    private static final int PROBED = 384;

    /** That says nothing of its progress. */
    Evaluator(NDManager manager, Network network, DjlParameters parameters) {
        this(manager, network, parameters, images -> {});
    }

    /** What is done with the logits of some images. */
    @FunctionalInterface
    private interface Use {
        void of(int[] images, NDArray logits);
    }

    /** How good the network is. */
    Evaluation evaluate(Examples examples) throws IOException {
        double[] loss = {0};
        Hits hits = new Hits(network.config().numClasses());
        LayerSums layers = new LayerSums(network.config());
        int[] order = all(examples);
        pass(
                examples,
                order,
                InterventionRuns.OWN,
                from -> from < PROBED ? layers : Trace.none(),
                (images, logits) -> {
                    int[] labels = labels(examples, images);
                    loss[0] += Losses.ofLabels(logits, labels) * labels.length;
                    count(hits, labels, logits);
                    layers.settle();
                });
        return new Evaluation(
                examples.size(),
                loss[0] / examples.size(),
                hits.accuracy(),
                hits.balancedAccuracy(),
                layers.means());
    }

    /**
     * How many images the network names rightly under an intervention. The pairing of {@link
     * InterventionRuns#OTHER_PICTURE} is random and always the same for a number of images.
     */
    Hits hits(Examples examples, InterventionRuns intervention) throws IOException {
        Hits hits = new Hits(network.config().numClasses());
        int[] order = InterventionRuns.permutation(examples.size());
        pass(
                examples,
                order,
                intervention,
                from -> Trace.none(),
                (images, logits) -> count(hits, labels(examples, images), logits));
        return hits;
    }

    /**
     * The mean of the last block's memberships over some images, {@code [N, K]} row after row.
     *
     * @param images by index, at least one
     */
    float[] meanMap(Examples examples, int... images) throws IOException {
        int size = network.config().tokens() * network.config().numHeads();
        double[] sums = new double[size];
        int last = network.config().depth() - 1;
        Trace<NDArray> trace =
                (probe, layer, value) -> {
                    if (probe == Probe.MEMBERSHIP && layer == last) {
                        float[] values = value.toFloatArray();
                        for (int i = 0; i < values.length; i++) {
                            sums[i % size] += values[i];
                        }
                    }
                };
        pass(examples, images, InterventionRuns.OWN, from -> trace, (batch, logits) -> {});
        float[] mean = new float[size];
        for (int i = 0; i < size; i++) {
            mean[i] = (float) (sums[i] / images.length);
        }
        return mean;
    }

    @FunctionalInterface
    private interface Traces {
        Trace<NDArray> from(int image);
    }

    private void pass(
            Examples examples, int[] order, InterventionRuns intervention, Traces traces, Use use)
            throws IOException {
        for (int from = 0; from < order.length; ) {
            // an image alone would have no other one beside it
            int to = order.length - from <= BATCH + 1 ? order.length : from + BATCH;
            int[] images = Arrays.copyOfRange(order, from, to);
            try (NDManager scratch = manager.newSubManager()) {
                DjlOps ops = new DjlOps(scratch);
                Network.Watch<NDArray> watch =
                        new Network.Watch<>(
                                traces.from(from), intervention.in(scratch, network.config()));
                NDArray logits =
                        network.fromFeatures(
                                ops,
                                parameters.in(scratch),
                                examples.features(scratch, parameters, images),
                                watch);
                use.of(images, logits);
                progress.accept(images.length);
            }
            from = to;
        }
    }

    static int[] all(Examples examples) {
        int[] order = new int[examples.size()];
        Arrays.setAll(order, i -> i);
        return order;
    }

    private static int[] labels(Examples examples, int... images) {
        return Arrays.stream(images).map(examples::label).toArray();
    }

    private static void count(Hits hits, int[] labels, NDArray logits) {
        long[] best = logits.argMax(1).toLongArray();
        for (int i = 0; i < labels.length; i++) {
            hits.add(labels[i], best[i]);
        }
    }
}
