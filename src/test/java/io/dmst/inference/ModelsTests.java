package io.dmst.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
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

    /** A shelf that notes who opens a model, and may fail. */
    private record Noting(CompletableFuture<Thread> opener, @Nullable RuntimeException fault)
            implements ModelShelf {

        @Override
        public SequencedMap<String, List<String>> lying() {
            return new LinkedHashMap<>();
        }

        @Override
        public Opening open(String name, List<Predictor> loaded) {
            opener.complete(Thread.currentThread());
            if (fault != null) {
                throw fault;
            }
            return new Opened(loaded);
        }
    }

    @Test
    void aModelIsOpenedByAThreadOfTheSystemLestRequestsWaitForACarrier() throws Exception {
        Noting shelf = new Noting(new CompletableFuture<>(), null);
        Models some = new Models(shelf, List.of(first));
        FutureTask<Optional<Failure>> request = new FutureTask<>(() -> some.serve("colours", true));

        Thread.ofVirtual().start(request);

        assertThat(request.get()).isEmpty();
        assertThat(shelf.opener().join().isVirtual()).isFalse();
        assertThat(some.select("colours", null)).isEqualTo(new Models.Chosen(first));
    }

    @Test
    void aFaultOfTheOpeningIsTheCallersAndWhatServedServesOn() {
        RuntimeException fault = new IllegalStateException("the disk is gone");
        Models some = new Models(new Noting(new CompletableFuture<>(), fault), List.of(first));

        assertThatThrownBy(() -> some.serve("colours", true)).isSameAs(fault);
        assertThat(some.select("colours", null)).isEqualTo(new Models.Chosen(first));
    }
}
