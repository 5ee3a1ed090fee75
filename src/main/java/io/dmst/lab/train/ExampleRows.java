package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dmst.lab.train.data.RowSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Arrays from rows of images. */
final class ExampleRows {

    private ExampleRows() {}

    /** Which row of which source. */
    record Choice(RowSource source, int image, long seed) {}

    /**
     * The first input of some images, read in parallel.
     *
     * @param scratch owns the result
     * @param choices at least one, whose rows have one shape
     * @return {@code [B, shape…]}
     * @throws IOException if an image cannot be read, naming it
     */
    static NDArray of(NDManager scratch, List<Choice> choices) throws IOException {
        long[] shape = IntStream.of(shape(choices)).asLongStream().toArray();
        return scratch.create(values(choices), new Shape(choices.size()).addAll(new Shape(shape)));
    }

    private static int[] shape(List<Choice> choices) {
        return choices.getFirst().source().shapes().getFirst();
    }

    /** The values of {@link #of}. */
    static float[] values(List<Choice> choices) throws IOException {
        int length = IntStream.of(shape(choices)).reduce(1, Math::multiplyExact);
        float[] values = new float[Math.multiplyExact(choices.size(), length)];
        try {
            IntStream.range(0, choices.size())
                    .parallel()
                    .forEach(row -> write(choices.get(row), values, row));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
        return values;
    }

    private static void write(Choice choice, float[] values, int row) {
        try {
            choice.source()
                    .write(
                            choice.image(),
                            List.of(values),
                            row,
                            new SplittableRandom(choice.seed()));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
