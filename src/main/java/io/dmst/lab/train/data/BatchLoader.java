package io.dmst.lab.train.data;

import io.dmst.lab.train.augment.AugmentOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Batches from the rows of images, prepared on threads of its own ahead of the training thread.
 *
 * <p>What a batch holds depends on the seed, the epoch's number and the batch's alone, whatever the
 * number of threads. The last batch holds what is left; a rest that is too small for the network
 * joins the batch before. At most one batch for each thread and one more are in memory beside the
 * one that is used. One epoch at a time.
 */
public final class BatchLoader implements BatchSource {

    private final RowSource rows;
    private final int classes;
    private final BatchOptions options;
    private final Mixing mixing;
    private final int threads;
    private final boolean inOrder;
    private final EpochOrder order;
    private final float[] weights;

    /**
     * @param classes number of classes
     * @param augmentation whose mixup and cutmix are applied
     * @param threads that prepare batches
     */
    public BatchLoader(
            RowSource rows,
            int classes,
            BatchOptions options,
            AugmentOptions augmentation,
            int threads) {
        this(rows, classes, options, new Mixing(augmentation), threads, false);
    }

    private BatchLoader(
            RowSource rows,
            int classes,
            BatchOptions options,
            Mixing mixing,
            int threads,
            boolean inOrder) {
        if (rows.size() == 0 || threads < 1) {
            throw new IllegalArgumentException(
                    "expected images and a thread at least, got %d and %d"
                            .formatted(rows.size(), threads));
        }
        this.rows = rows;
        this.classes = classes;
        this.options = options;
        this.mixing = mixing;
        this.threads = threads;
        this.inOrder = inOrder;
        int[] labels = IntStream.range(0, rows.size()).map(rows::label).toArray();
        this.order = new EpochOrder(labels, classes, options.balance());
        this.weights = options.classWeights().of(labels, classes);
    }

    /** Every image once, in order, with hard targets: for evaluation. */
    public static BatchLoader inOrder(RowSource rows, int classes, int batchSize, int threads) {
        return new BatchLoader(
                rows,
                classes,
                BatchOptions.plain(batchSize),
                new Mixing(AugmentOptions.NONE),
                threads,
                true);
    }

    @Override
    public int images() {
        return rows.size();
    }

    @Override
    public int batches() {
        int whole = images() / options.batchSize();
        int rest = images() % options.batchSize();
        return whole == 0 || rest >= options.smallest() ? whole + Math.min(rest, 1) : whole;
    }

    @Override
    public Epoch epoch(int number, int from) {
        SplittableRandom random = new SplittableRandom(options.seed() * 1_000_003L + number);
        SplittableRandom ordering = random.split();
        int[] images = inOrder ? IntStream.range(0, images()).toArray() : order.draw(ordering);
        SplittableRandom[] own = new SplittableRandom[batches()];
        Arrays.setAll(own, batch -> random.split());
        return new PreparedEpoch(
                threads,
                from,
                batches(),
                (batch, stopped) -> {
                    int first = batch * options.batchSize();
                    int end = batch == own.length - 1 ? images.length : first + options.batchSize();
                    return batch(Arrays.copyOfRange(images, first, end), own[batch], stopped);
                });
    }

    private Batch batch(int[] images, RandomGenerator random, PreparedEpoch.Stop stop)
            throws IOException {
        int size = images.length;
        List<Batch.Input> inputs =
                rows.shapes().stream()
                        .map(shape ->
                                new Batch.Input(new float[size * Batch.Input.length(shape)], shape))
                        .toList();
        List<float[]> values = inputs.stream().map(Batch.Input::values).toList();
        float[] targets = new float[size * classes];
        int[] labels = new int[size];
        float[] counted = new float[size];
        for (int i = 0; i < size; i++) {
            stop.check();
            rows.write(images[i], values, i, random);
            labels[i] = rows.label(images[i]);
            counted[i] = weights[labels[i]];
            smooth(targets, i * classes, labels[i]);
        }
        Batch batch = new Batch(inputs, targets, labels, counted);
        mixing.apply(batch, random);
        return batch;
    }

    private void smooth(float[] targets, int from, int label) {
        float spread = (float) (options.labelSmoothing() / classes);
        Arrays.fill(targets, from, from + classes, spread);
        targets[from + label] += (float) (1 - options.labelSmoothing());
    }
}
