package io.dmst.lab.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.image.Preprocessor;
import io.dmst.core.image.RgbImage;
import io.dmst.lab.train.augment.AugmentOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchLoaderTests {

    private static final AugmentOptions EVERYTHING =
            new AugmentOptions(true, 0.1, 0.4, 0.3, 1, 5, 0.4, 1, 0.3);

    /** Two inputs of one image: its index, and twice its index with its negative. */
    private record Indices(int... labels) implements RowSource {

        @Override
        public int size() {
            return labels.length;
        }

        @Override
        public int label(int image) {
            return labels[image];
        }

        @Override
        public List<int[]> shapes() {
            return List.of(new int[] {1}, new int[] {2, 1});
        }

        @Override
        public void write(int image, List<float[]> inputs, int row, RandomGenerator random) {
            inputs.getFirst()[row] = image;
            inputs.get(1)[2 * row] = 2 * image;
            inputs.get(1)[2 * row + 1] = -image;
        }
    }

    private static BatchOptions options(int size, int smallest, double balance) {
        return new BatchOptions(size, smallest, 0.1, balance, ClassWeights.NONE, 4);
    }

    private static BatchLoader loader(RowSource rows, BatchOptions options) {
        return new BatchLoader(rows, 2, options, AugmentOptions.NONE, 2);
    }

    private static List<Batch> epoch(BatchSource source, int number) throws Exception {
        List<Batch> batches = new ArrayList<>();
        try (BatchSource.Epoch epoch = source.epoch(number)) {
            for (int i = 0; i < source.batches(); i++) {
                batches.add(epoch.next());
            }
            assertThatThrownBy(epoch::next).isInstanceOf(NoSuchElementException.class);
        }
        return batches;
    }

    private static List<Float> first(List<Batch> batches) {
        List<Float> values = new ArrayList<>();
        for (Batch batch : batches) {
            for (float value : batch.inputs().getFirst().values()) {
                values.add(value);
            }
        }
        return values;
    }

    private static ImageSet pictures(int count) {
        List<LabelledImage> images = new ArrayList<>();
        List<@Nullable RgbImage> kept = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RgbImage image = SyntheticImages.image(20 + i, 40 - i, i % 3, new SplittableRandom(i));
            images.add(new LabelledImage(i + ".png", i % 2, () -> image));
            kept.add(i % 4 == 0 ? image : null);
        }
        return new ImageSet(images, kept, image -> image);
    }

    @Test
    void anEpochDependsOnTheSeedAndItsNumberAlone() throws Exception {
        PictureRows rows =
                PictureRows.training(pictures(19), new Preprocessor(16, 12, 0.9), EVERYTHING);
        BatchLoader one = new BatchLoader(rows, 2, options(4, 1, 0), EVERYTHING, 1);
        BatchLoader three = new BatchLoader(rows, 2, options(4, 1, 0), EVERYTHING, 3);
        List<Batch> expected = epoch(one, 3);
        List<Batch> found = epoch(three, 3);
        assertThat(expected).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(found.get(i).inputs().getFirst().values())
                    .isEqualTo(expected.get(i).inputs().getFirst().values());
            assertThat(found.get(i).targets()).isEqualTo(expected.get(i).targets());
            assertThat(found.get(i).labels()).isEqualTo(expected.get(i).labels());
        }
        assertThat(expected.getFirst().inputs().getFirst().shape()).containsExactly(16, 12, 3);
        assertThat(first(epoch(one, 4))).isNotEqualTo(first(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "10, 4, 1, 3, 2",
        "8, 4, 1, 2, 4",
        "3, 4, 2, 1, 3",
        "9, 4, 1, 3, 1",
        "9, 4, 2, 2, 5",
        "1, 4, 2, 1, 1"
    })
    void everyImageIsInTheEpochOnce(int images, int size, int smallest, int batches, int last)
            throws Exception {
        BatchLoader loader = loader(new Indices(new int[images]), options(size, smallest, 0));
        List<Batch> epoch = epoch(loader, 1);
        assertThat(epoch).hasSize(batches);
        assertThat(loader.batches()).isEqualTo(batches);
        assertThat(epoch.getLast().size()).isEqualTo(last);
        assertThat(first(epoch))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, images).mapToObj(i -> (float) i).toList());
        assertThat(epoch.getFirst().inputs().get(1).values()[1])
                .isEqualTo(-epoch.getFirst().inputs().getFirst().values()[0]);
    }

    @Test
    void evaluationKeepsTheOrder() throws Exception {
        BatchLoader loader = BatchLoader.inOrder(new Indices(0, 1, 1, 0, 1), 2, 2, 3);
        List<Batch> epoch = epoch(loader, 0);
        assertThat(first(epoch)).containsExactly(0f, 1f, 2f, 3f, 4f);
        assertThat(epoch.get(1).targets()).containsExactly(0, 1, 1, 0);
        assertThat(epoch.getLast().weights()).containsExactly(1);
    }

    @Test
    void balancedSamplingDrawsSmallClassesMoreOften() throws Exception {
        int[] labels = new int[1000];
        labels[17] = 1;
        for (int i = 900; i < 1000; i++) {
            labels[i] = 1;
        }
        double rare = 101;
        double often = 899;
        for (double power : new double[] {0.5, 1}) {
            int drawn = 0;
            int all = 0;
            Set<Float> different = new HashSet<>();
            for (int epoch = 1; epoch <= 20; epoch++) {
                for (Batch batch :
                        epoch(loader(new Indices(labels), options(100, 1, power)), epoch)) {
                    drawn += IntStream.of(batch.labels()).sum();
                    all += batch.size();
                    different.addAll(first(List.of(batch)));
                }
            }
            double expected =
                    Math.pow(rare, 1 - power)
                            / (Math.pow(rare, 1 - power) + Math.pow(often, 1 - power));
            // 5 standard deviations of 20,000 draws
            assertThat((double) drawn / all).isCloseTo(expected, within(0.018));
            assertThat(all).isEqualTo(20_000);
            assertThat(different).hasSize(1000);
        }
    }

    @Test
    void balancedWeightsGiveEveryClassTheSame() throws Exception {
        int[] labels = {0, 0, 0, 1, 0, 0};
        BatchOptions balanced = new BatchOptions(6, 1, 0.1, 0, ClassWeights.BALANCED, 4);
        Batch batch = epoch(loader(new Indices(labels), balanced), 1).getFirst();
        double[] sums = new double[2];
        for (int i = 0; i < 6; i++) {
            sums[batch.labels()[i]] += batch.weights()[i];
        }
        assertThat(sums[0]).isCloseTo(3, within(1e-6));
        assertThat(sums[1]).isCloseTo(3, within(1e-6));
        int one = batch.labels()[0];
        assertThat(batch.weightedTargets()[one])
                .isCloseTo(0.95f * batch.weights()[0], within(1e-6f));
    }

    @Test
    void anImageThatDisappearsIsNamedInsteadOfLeftOut() {
        LabelledImage gone =
                new LabelledImage(
                        "a/gone.jpg",
                        0,
                        () -> {
                            throw new IOException("no such file");
                        });
        ImageSet set = new ImageSet(List.of(gone), Collections.singletonList(null), image -> image);
        PictureRows rows = PictureRows.evaluation(set, new Preprocessor(8, 8, 1));
        assertThatThrownBy(() -> epoch(BatchLoader.inOrder(rows, 2, 4, 1), 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a/gone.jpg")
                .hasMessageContaining("no such file");
    }

    @Test
    void anInterruptIsSeenThoughTheNextBatchIsReady() throws Exception {
        BatchLoader loader = loader(new Indices(new int[8]), options(4, 1, 0));
        try (BatchSource.Epoch epoch = loader.epoch(1)) {
            assertThat(epoch.next().size()).isEqualTo(4);
            Thread.currentThread().interrupt();
            assertThatThrownBy(epoch::next).isInstanceOf(InterruptedException.class);
            assertThat(epoch.next().size()).as("and nothing is lost").isEqualTo(4);
        }
    }

    @Test
    void anEpochThatIsClosedEarlyLeavesNoThread() throws Exception {
        BatchLoader loader = loader(new Indices(new int[100]), options(2, 1, 0));
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (BatchSource.Epoch epoch = loader.epoch(1)) {
            assertThat(epoch.next().size()).isEqualTo(2);
        }
        Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
        left.removeAll(before);
        left.removeIf(thread -> !thread.getName().startsWith("batches-"));
        for (Thread thread : left) {
            thread.join(10_000);
        }
        assertThat(left).noneMatch(Thread::isAlive);
    }
}
