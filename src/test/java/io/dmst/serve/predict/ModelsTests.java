package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelsTests {

    private final FakePredictor first = new FakePredictor("1");
    private final FakePredictor second = new FakePredictor("2");
    private final Models models = new Models(List.of(first, second));

    @Test
    void withoutNameAndVersionTheFirstModelsLastVersionIsChosen() {
        assertThat(models.select(null, null)).isEqualTo(second);
        assertThat(models.select("colours", null)).isEqualTo(second);
        assertThat(models.select(null, "1")).isEqualTo(first);
        assertThat(models.versions("colours")).containsExactly("1", "2");
        assertThat(models.versions("shapes")).isEmpty();
    }

    @Test
    void anUnknownNameOrVersionIsRefusedAndWhatThereIsIsNamed() {
        Failure name = failure(() -> models.select("shapes", null));
        assertThat(name.code()).isEqualTo(FailureCode.UNKNOWN_MODEL);
        assertThat(name.detail()).contains("shapes", "colours");
        Failure version = failure(() -> models.select("colours", "9".repeat(1000)));
        assertThat(version.code()).isEqualTo(FailureCode.UNKNOWN_MODEL);
        assertThat(version.detail()).contains("1, 2").hasSizeLessThan(200);
    }

    private static Failure failure(ThrowingCallable call) {
        return catchThrowableOfType(FailureException.class, call).failure();
    }

    @Test
    void twoModelsOfOneNameAndVersionAreRefused() {
        assertThatThrownBy(() -> new Models(List.of(first, new FakePredictor("1"))))
                .hasMessageContaining("colours");
        assertThatThrownBy(() -> new Models(List.of())).hasMessageContaining("at least one model");
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
            implements ModelRepository {

        @Override
        public SequencedMap<String, List<String>> available() {
            return new LinkedHashMap<>();
        }

        @Override
        public List<Predictor> open(String name, List<Predictor> loaded) {
            opener.complete(Thread.currentThread());
            if (fault != null) {
                throw fault;
            }
            return loaded;
        }
    }

    @Test
    void aModelIsOpenedByAThreadOfTheSystemLestRequestsWaitForACarrier() throws Exception {
        Noting shelf = new Noting(new CompletableFuture<>(), null);
        Models some = new Models(shelf, List.of(first));
        FutureTask<Boolean> request = new FutureTask<>(() -> some.serve("colours", true), true);

        Thread.ofVirtual().start(request);

        assertThat(request.get()).isTrue();
        assertThat(shelf.opener().join().isVirtual()).isFalse();
        assertThat(some.select("colours", null)).isEqualTo(first);
    }

    @Test
    void aFaultOfTheOpeningIsTheCallersAndWhatServedServesOn() {
        RuntimeException fault = new IllegalStateException("the disk is gone");
        Models some = new Models(new Noting(new CompletableFuture<>(), fault), List.of(first));

        assertThatThrownBy(() -> some.serve("colours", true)).isSameAs(fault);
        assertThat(some.select("colours", null)).isEqualTo(first);
    }
}
