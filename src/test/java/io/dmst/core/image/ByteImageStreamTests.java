package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteImageStreamTests {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverIsReadIsAsFromTheJdksOwn(int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] file = new byte[random.nextInt(1, 300)];
        random.nextBytes(file);
        try (ImageInputStream ours = new ByteImageStream(file);
                ImageInputStream theirs =
                        new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            for (int i = 0; i < 2_000; i++) {
                int step = random.nextInt(6);
                int count = random.nextInt(0, 40);
                int position = random.nextInt(file.length);
                assertThat(some(ours, step, count, position))
                        .as("step %d of kind %d", i, step)
                        .isEqualTo(some(theirs, step, count, position));
                assertThat(ours.getStreamPosition()).isEqualTo(theirs.getStreamPosition());
                assertThat(ours.getBitOffset()).isEqualTo(theirs.getBitOffset());
            }
        }
    }

    private static String some(ImageInputStream stream, int step, int count, int position)
            throws IOException {
        try {
            return switch (step) {
                case 0 -> "" + stream.read();
                case 1 -> {
                    byte[] some = new byte[count + 2];
                    int read = stream.read(some, 1, count);
                    yield read + Arrays.toString(some);
                }
                case 2 -> "" + stream.readBits(count % 17);
                case 3 -> "" + stream.readInt();
                case 4 -> "" + stream.skipBytes(count);
                default -> {
                    stream.seek(position);
                    yield "sought";
                }
            };
        } catch (EOFException end) {
            stream.seek(0);
            return "end";
        }
    }

    @Test
    void itKnowsItsLengthAndEndsWhenClosed() throws IOException {
        ByteImageStream stream = new ByteImageStream(new byte[] {1, 2, 3});
        assertThat(stream.length()).isEqualTo(3);
        stream.close();
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream.read(new byte[2])).isInstanceOf(IOException.class);
    }
}
