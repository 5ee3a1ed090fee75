package io.dmst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoresTests {

    private final Scores scores = new Scores(List.of("cat", "dog"));

    @Test
    void countsHitsAndWhatIsTakenForWhat() {
        scores.add(0, new float[] {0.9f, 0.1f});
        scores.add(0, new float[] {0.2f, 0.8f});
        scores.add(1, new float[] {0.4f, 0.6f});
        assertThat(scores.accuracy()).isEqualTo(2.0 / 3);
        assertThat(scores.table()).contains("cat taken for dog: 1").contains("66.67 %");
    }

    @Test
    void anEngineThatFailsDiffersFromOneThatAnswers() {
        scores.add(0, new float[] {0.9f, 0.1f});
        scores.notCompared();
        assertThat(scores.largestDifference()).isInfinite();
        assertThat(scores.table()).contains("Infinity over 0 images");
    }
}
