package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.core.image.Decoded.Picture;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageDecoderTests {
    /** OpenCV's product of ink and black is coarser than Pillow's. */
    private static final Map<String, Integer> LEVELS =
            Map.of(
                    "cmyk.jpg", 2,
                    "cmyk-no-adobe.jpg", 2,
                    "ycck.jpg", 2);

    private final ImageDecoder decoder = new ImageDecoder();

    static List<String> samples() {
        return Samples.names();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void pixelsAreThoseOfPillow(String name) {
        Decoded decoded = decoder.decode(Samples.bytes(name));

        assertThat(Samples.largestDifference(Samples.picture(decoded), Samples.expected(name)))
                .isLessThanOrEqualTo(LEVELS.getOrDefault(name, 0));
        String extension = name.substring(name.indexOf('.') + 1).replace("jpg", "jpeg");
        assertThat(((Picture) decoded).format().mediaType()).isEqualTo("image/" + extension);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatIsShownIsWhatIsDecoded(String name) {
        byte[] file = Samples.bytes(name);

        RgbImage shown = decoder.show(file, ImageDecoderTests::byRows, ImageDecoderTests::unwanted);

        assertThat(Samples.largestDifference(shown, Samples.picture(decoder.decode(file))))
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aFileOutsideOfTheHeapIsDecodedAlike(String name) {
        byte[] file = Samples.bytes(name);
        try (Arena arena = Arena.ofConfined()) {
            // what follows on the file is not read
            MemorySegment block = arena.allocate(file.length + 100L).fill((byte) 0xff);
            MemorySegment outside =
                    block.asSlice(0, file.length).copyFrom(MemorySegment.ofArray(file));

            RgbImage shown =
                    decoder.show(outside, ImageDecoderTests::byRows, ImageDecoderTests::unwanted);

            assertThat(Samples.largestDifference(shown, Samples.picture(decoder.decode(file))))
                    .isZero();
            for (int length = 0; length < file.length; length += 1 + file.length / 50) {
                Decoded part =
                        decoder.show(
                                outside.asSlice(0, length),
                                rows -> {
                                    throw new AssertionError("a part of a file");
                                },
                                refusal -> refusal);
                assertThat(part).isEqualTo(decoder.decode(Arrays.copyOf(file, length)));
            }
        }
    }

    private static RgbImage byRows(PixelRows rows) {
        int line = rows.width() * 3;
        byte[] all = new byte[rows.height() * line];
        byte[] row = new byte[line];
        for (int y = 0; y < rows.height(); y++) {
            rows.copy(y, 0, rows.width(), row, 0);
            System.arraycopy(row, 0, all, y * line, line);
        }
        return new RgbImage(rows.height(), rows.width(), all);
    }

    private static <T> T unwanted(Decoded.Refused refused) {
        throw new AssertionError(refused.detail());
    }

    @Test
    void rowsAreGoneWhenTheyHaveBeenShown() {
        PixelRows kept = decoder.show(rocket(), rows -> rows, ImageDecoderTests::unwanted);

        assertThatThrownBy(() -> kept.copy(0, 0, kept.width(), new byte[3 * kept.width()], 0))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(kept::image).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aViewersFaultIsNoFaultOfTheFile() {
        // memory for one photograph: were it not given back, the second would wait for ever
        ImageDecoder narrow = new ImageDecoder(new ImageLimits(1 << 20, 300_000, 100), 8_500_000);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() ->
                            narrow.show(
                                    rocket(),
                                    rows -> {
                                        throw new IllegalArgumentException("a viewer's");
                                    },
                                    ImageDecoderTests::unwanted))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a viewer's");
        }
    }

    @Test
    void whatCannotBeShownIsRefused() {
        byte[] half = Arrays.copyOf(rocket(), rocket().length / 2);

        Decoded refused = decoder.show(half, rows -> decoder.decode(half), refusal -> refusal);

        assertThat(refused).isEqualTo(decoder.decode(half)).isInstanceOf(Decoded.Refused.class);
    }

    private static byte[] rocket() {
        return Samples.read(Samples.ROOT.resolve("rocket.jpg"));
    }

    @Test
    void everyFormatAndOrientationHasItsSample() {
        assertThat(Samples.names()).hasSizeGreaterThan(100);
        for (int orientation = 1; orientation <= 8; orientation++) {
            assertThat(Samples.names()).contains("exif-" + orientation + ".jpg");
        }
        Map<String, Long> perFormat =
                Samples.names().stream()
                        .collect(
                                Collectors.groupingBy(
                                        name -> name.replaceAll(".*\\.", ""),
                                        Collectors.counting()));
        assertThat(perFormat.keySet())
                .containsExactlyInAnyOrder("jpg", "png", "gif", "bmp", "webp");
    }

    @Test
    void onlyWhatIsSmallInBytesAndInPixelsIsQuick() {
        assertThat(decoder.quick(MemorySegment.ofArray(PngEncoder.encode(black(64, 64))))).isTrue();
        assertThat(decoder.quick(MemorySegment.ofArray(PngEncoder.encode(black(65, 64)))))
                .as("few bytes, too many pixels")
                .isFalse();
        assertThat(
                        decoder.quick(
                                MemorySegment.ofArray(
                                        Samples.read(Samples.ROOT.resolve("rocket.jpg")))))
                .isFalse();
        assertThat(decoder.quick(MemorySegment.ofArray(new byte[8193])))
                .as("too many bytes")
                .isFalse();
        assertThat(decoder.quick(MemorySegment.ofArray(new byte[] {1, 2, 3})))
                .as("refused at once")
                .isTrue();
    }

    private static RgbImage black(int height, int width) {
        return new RgbImage(height, width, new byte[height * width * 3]);
    }

    @Test
    void brokenExifIsNoReasonToRefuse() {
        byte[] file = Samples.bytes("exif-6.jpg");
        int tiff = new String(file, StandardCharsets.ISO_8859_1).indexOf("MM");
        file[tiff + 4] = 0x7f;

        RgbImage image = Samples.picture(decoder.decode(file));

        assertThat(image).hasToString("RgbImage[31 x 45]");
    }

    @Test
    void manyThreadsSeeTheSamePixels() throws InterruptedException, ExecutionException {
        // memory for about three of the photographs at a time: the others must wait, and none may
        // starve
        ImageDecoder narrow = new ImageDecoder(new ImageLimits(1 << 20, 400_000, 100), 12_000_000);
        byte[] rocket = Samples.read(Samples.ROOT.resolve("rocket.jpg"));
        byte[] expected = Samples.picture(decoder.decode(rocket)).rgb();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<Boolean>> same = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String name = Samples.names().get(i % Samples.names().size());
                same.add(
                        threads.submit(() ->
                                Arrays.equals(
                                                expected,
                                                Samples.picture(narrow.decode(rocket)).rgb())
                                        && Samples.largestDifference(
                                                        Samples.picture(
                                                                narrow.decode(Samples.bytes(name))),
                                                        Samples.expected(name))
                                                <= 2));
            }
            for (Future<Boolean> each : same) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    @Test
    void allRealPhotographsDecode() throws IOException {
        Path photos = Path.of("../shared/data/photos");
        assumeTrue(
                Files.isDirectory(photos),
                "no photographs at " + photos + ": their decoding is not tested");
        try (Stream<Path> files = Files.walk(photos)) {
            List<Path> pictures = files.filter(Files::isRegularFile).toList();
            assertThat(pictures).isNotEmpty();
            for (Path file : pictures) {
                Decoded decoded = decoder.decode(Samples.read(file));
                assertThat(decoded).as(file.toString()).isInstanceOf(Picture.class);
                assertThat(new Preprocessor(32, 32, 1).apply(Samples.picture(decoded)))
                        .hasSize(3072);
            }
        }
    }
}
