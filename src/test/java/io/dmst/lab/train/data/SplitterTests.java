package io.dmst.lab.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitterTests {

    private static List<LabelledImage> images(int... counts) {
        return IntStream.range(0, counts.length)
                .boxed()
                .flatMap(label ->
                        IntStream.range(0, counts[label])
                                .mapToObj(i ->
                                        new LabelledImage(
                                                "class " + label + "/" + i + ".jpg",
                                                label,
                                                SplitterTests::nothing)))
                .toList();
    }

    private static RgbImage nothing() throws IOException {
        throw new IOException("a split looks at no pixels");
    }

    private static List<String> names(Map<Part, List<LabelledImage>> parts, Part part) {
        return parts.getOrDefault(part, List.of()).stream()
                .map(LabelledImage::name)
                .sorted()
                .toList();
    }

    private static long of(Map<Part, List<LabelledImage>> parts, Part part, int label) {
        return parts.getOrDefault(part, List.of()).stream()
                .filter(image -> image.label() == label)
                .count();
    }

    @Test
    void theHashIsThatOfTheDataSetsDescription() {
        assertThat(Splitter.hashed("classes/accordion/image_0001.jpg")).isEqualTo(Part.TEST);
        List<LabelledImage> all = images(2000);
        Map<Part, List<LabelledImage>> parts = Splitter.hashed(all);
        assertThat(parts.get(Part.TEST)).hasSizeBetween(330, 470);
        assertThat(parts.get(Part.VALIDATION)).hasSizeBetween(330, 470);
        assertThat(parts.values().stream().mapToInt(List::size).sum()).isEqualTo(2000);
    }

    @Test
    void sharesAreDisjointCompleteAndOfEveryClass() {
        List<LabelledImage> all = images(100, 10, 3, 47);
        Map<Part, List<LabelledImage>> parts = Splitter.shares(all, 0.1, 0.2, 3);
        assertThat(Stream.of(Part.values()).flatMap(part -> names(parts, part).stream()))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        all.stream().map(LabelledImage::name).toList());
        assertThat(of(parts, Part.TEST, 0)).isEqualTo(20);
        assertThat(of(parts, Part.VALIDATION, 0)).isEqualTo(10);
        for (Part part : Part.values()) {
            for (int label = 0; label < 4; label++) {
                assertThat(of(parts, part, label)).isPositive();
            }
        }
    }

    @Test
    void sharesDependOnSeedAndNamesAlone() {
        List<LabelledImage> all = images(40, 30);
        List<LabelledImage> listedOtherwise = new ArrayList<>(all);
        Collections.shuffle(listedOtherwise, new Random(7));
        Map<Part, List<LabelledImage>> parts = Splitter.shares(all, 0.1, 0.2, 3);
        for (Part part : Part.values()) {
            assertThat(names(Splitter.shares(listedOtherwise, 0.1, 0.2, 3), part))
                    .isEqualTo(names(parts, part));
            assertThat(names(Splitter.shares(all, 0.1, 0.2, 4), part))
                    .hasSameSizeAs(names(parts, part))
                    .isNotEqualTo(names(parts, part));
            // another class changes nothing in this one
            assertThat(names(Splitter.shares(images(40), 0.1, 0.2, 3), part))
                    .isEqualTo(
                            names(parts, part).stream()
                                    .filter(n -> n.startsWith("class 0"))
                                    .toList());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0.1, 0.1, 1, 0, 0",
        "2, 0.1, 0.1, 1, 0, 1",
        "2, 0.1, 0, 2, 0, 0",
        "3, 0.1, 0.1, 1, 1, 1",
        "3, 0.3, 0.6, 1, 1, 1",
        "4, 0.49, 0.5, 1, 1, 2",
        "15, 0.1, 0.1, 11, 2, 2",
        "15, 0, 0.1, 13, 0, 2",
        "20, 0.1, 0, 18, 2, 0"
    })
    void smallClassesAreForTrainingFirst(
            int images, double validation, double test, int trained, int validated, int tested) {
        Map<Part, List<LabelledImage>> parts = Splitter.shares(images(images), validation, test, 0);
        assertThat(Stream.of(Part.values()).map(part -> parts.getOrDefault(part, List.of()).size()))
                .containsExactly(trained, validated, tested);
    }

    @Test
    void sharesThatLeaveNothingAreRefused() {
        assertThatThrownBy(() -> new SplitOptions(SplitOptions.Mode.SEEDED, 0.5, 0.5, 0, ""))
                .hasMessageContaining("leave some for training");
        assertThatThrownBy(() -> new SplitOptions(SplitOptions.Mode.SEEDED, -0.1, 0.5, 0, ""))
                .hasMessageContaining("negative");
        assertThatThrownBy(() -> new SplitOptions(SplitOptions.Mode.HASH, 0, 0, 0, "a/../b"))
                .hasMessageContaining("inside of the data set");
        assertThat(new SplitOptions(SplitOptions.Mode.HASH, 0, 0, 0, "./a/b//").folder())
                .isEqualTo("a/b");
    }
}
