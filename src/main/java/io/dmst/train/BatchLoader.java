package io.dmst.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Prepares the batches of an epoch ahead of the training thread.
 *
 * <p>What an epoch holds depends on the seed and the epoch's number alone, so that a resumed
 * training sees what an uninterrupted one would have seen.
 */
final class BatchLoader {

    private static final int AHEAD = 4;

    private final PixelSet images;
    private final int classes;
    private final TrainOptions options;
    private final Augmentation augmentation;
    private final Mixing mixing;

    BatchLoader(PixelSet images, int classes, TrainOptions options) {
        this.images = images;
        this.classes = classes;
        this.options = options;
        this.augmentation = new Augmentation(options.augmentation());
        this.mixing = new Mixing(options.augmentation());
    }

    /** Whole batches of one epoch; a rest smaller than a batch waits for the next shuffle. */
    int batches() {
        return Math.max(1, images.size() / options.batchSize());
    }

    /** Starts preparing an epoch. */
    Epoch epoch(int number) {
        return new Epoch(number);
    }

    /** The batches of one epoch in order; closing it stops the preparation. */
    final class Epoch implements AutoCloseable {

        private final BlockingQueue<Batch> ready = new ArrayBlockingQueue<>(AHEAD);
        private final Thread thread;
        private volatile boolean ended;

        private Epoch(int number) {
            SplittableRandom random = new SplittableRandom(options.seed() * 1_000_003L + number);
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("batches-" + number)
                            .start(() -> fill(random));
        }

        private void fill(SplittableRandom random) {
            try {
                int[] order = shuffled(random.split());
                for (int batch = 0; batch < batches(); batch++) {
                    ready.put(batch(order, batch, random.split()));
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                ended = true;
            }
        }

        /** The next batch; waits for it. */
        Batch next() throws InterruptedException {
            while (true) {
                Batch batch = ready.poll(100, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    return batch;
                }
                if (ended && ready.isEmpty()) {
                    throw new IllegalStateException("the preparation of batches has ended early");
                }
            }
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    private int[] shuffled(SplittableRandom random) {
        int[] order = new int[images.size()];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private Batch batch(int[] order, int number, SplittableRandom random) {
        int size = Math.min(options.batchSize(), order.length);
        int length = images.height() * images.width() * 3;
        float[] pixels = new float[size * length];
        float[] targets = new float[size * classes];
        int[] labels = new int[size];
        for (int i = 0; i < size; i++) {
            int image = order[number * size + i];
            Picture original =
                    new Picture(images.height(), images.width(), images.pixels().get(image));
            byte[] rgb = augmentation.apply(original, random).rgb();
            for (int j = 0; j < length; j++) {
                pixels[i * length + j] = rgb[j] & 0xff;
            }
            labels[i] = images.labels()[image];
            smooth(targets, i * classes, labels[i]);
        }
        Batch batch = new Batch(images.height(), images.width(), pixels, targets, labels);
        mixing.apply(batch, random);
        return batch;
    }

    private void smooth(float[] targets, int from, int label) {
        float spread = (float) (options.labelSmoothing() / classes);
        Arrays.fill(targets, from, from + classes, spread);
        targets[from + label] += (float) (1 - options.labelSmoothing());
    }
}
