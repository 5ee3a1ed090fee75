package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BatchSizesTests {

    @Test
    void theMeanIsThatOfBatchesAndNotOfTheirImages() {
        // a batch of 1 and one of 4: four of five images were in the latter
        assertThat(BatchSizes.ofImages(Map.of(1, 1L, 4, 4L)).mean()).isEqualTo(2.5);
        assertThat(BatchSizes.always(3).mean()).isEqualTo(3);
    }

    @Test
    void sizesAreDrawnAsOftenAsTheyWere() {
        BatchSizes sizes = BatchSizes.ofImages(Map.of(1, 300L, 2, 1_200L, 8, 800L));
        Random random = new Random(1);
        Map<Integer, Integer> drawn = new TreeMap<>();
        for (int i = 0; i < 100_000; i++) {
            drawn.merge(sizes.draw(random), 1, Integer::sum);
        }

        assertThat(drawn).containsOnlyKeys(1, 2, 8);
        assertThat(drawn.getOrDefault(1, 0) / 1e5).isCloseTo(0.3, within(0.01));
        assertThat(drawn.getOrDefault(2, 0) / 1e5).isCloseTo(0.6, within(0.01));
        assertThat(drawn.getOrDefault(8, 0) / 1e5).isCloseTo(0.1, within(0.01));
    }

    @Test
    void whatIsNotToldIsAlone() {
        assertThat(BatchSizes.ofImages(Map.of()).mean()).isEqualTo(1);
        assertThat(BatchSizes.ofImages(Map.of(0, 7L)).draw(new Random(1))).isEqualTo(1);
        assertThat(BatchSizes.ofImages(Map.of(0, 7L, 2, 2L)).mean()).isEqualTo(2);
    }
}
