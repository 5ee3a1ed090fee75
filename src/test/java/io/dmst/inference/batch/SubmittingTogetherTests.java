package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.inference.Deadline;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SubmittingTogetherTests {

    private static final Limits ROOMY =
            new Limits(8, 1, Duration.ofMillis(50), Duration.ofSeconds(20));

    private final FakeComputation engine = new FakeComputation();

    private Batcher open() {
        return Batcher.open(() -> engine, ROOMY, FakeComputation.MODEL, new SimpleMeterRegistry());
    }

    private static CompletableFuture<Outcome> submit(Batcher batcher, String id) {
        return batcher.submit(FakeComputation.request(id, 7, Deadline.none()));
    }

    private static Outcome get(CompletableFuture<Outcome> answer) throws Exception {
        return answer.get(30, TimeUnit.SECONDS);
    }

    @Test
    void whatAThreadSubmitsTogetherIsNotBegunBeforeAllOfItHasCome() throws Exception {
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        try (Batcher batcher = open()) {
            batcher.together(() -> {
                answers.add(submit(batcher, "a"));
                // the engine is idle, and would have begun
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                answers.add(submit(batcher, "b"));
                answers.add(submit(batcher, "c"));
            });
            answers.add(submit(batcher, "alone"));
            for (CompletableFuture<Outcome> answer : answers) {
                assertThat(get(answer)).isInstanceOf(Prediction.class);
            }
        }
        assertThat(engine.computed.getFirst()).startsWith("a", "b", "c");
    }

    @Test
    void whoSubmitsSeveralAndFailsHasSubmittedThoseBefore() throws Exception {
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        try (Batcher batcher = open()) {
            assertThatThrownBy(() ->
                            batcher.together(() -> {
                                answers.add(submit(batcher, "a"));
                                throw new IllegalStateException("as the test wants it");
                            }))
                    .hasMessageContaining("as the test wants it");
            assertThat(get(answers.getFirst())).isInstanceOf(Prediction.class);
        }
    }
}
