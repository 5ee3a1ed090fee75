package io.dmst.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModelsTests {

    private final FakePredictor first = new FakePredictor("1");
    private final FakePredictor second = new FakePredictor("2");
    private final Models models = new Models(List.of(first, second));

    @Test
    void withoutNameAndVersionTheFirstModelsLastVersionIsChosen() {
        assertThat(models.select(null, null)).isEqualTo(new Models.Chosen(second));
        assertThat(models.select("colours", null)).isEqualTo(new Models.Chosen(second));
        assertThat(models.select(null, "1")).isEqualTo(new Models.Chosen(first));
        assertThat(models.versions("colours")).containsExactly("1", "2");
        assertThat(models.versions("shapes")).isEmpty();
    }

    @Test
    void anUnknownNameOrVersionIsRefusedAndWhatThereIsIsNamed() {
        assertThat(models.select("shapes", null))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(FailureCode.UNKNOWN_MODEL);
                            assertThat(failure.detail()).contains("shapes", "colours");
                        });
        assertThat(models.select("colours", "9".repeat(1000)))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(FailureCode.UNKNOWN_MODEL);
                            assertThat(failure.detail()).contains("1, 2").hasSizeLessThan(200);
                        });
    }

    @Test
    void twoModelsOfOneNameAndVersionAreRefused() {
        assertThatThrownBy(() -> new Models(List.of(first, new FakePredictor("1"))))
                .hasMessageContaining("colours");
        assertThatThrownBy(() -> new Models(List.of())).hasMessageContaining("no model");
    }

    @Test
    void closingClosesEveryModelAndEndsReadiness() {
        assertThat(models.ready()).isTrue();
        models.close();
        assertThat(first.ready()).isFalse();
        assertThat(models.ready()).isFalse();
    }
}
