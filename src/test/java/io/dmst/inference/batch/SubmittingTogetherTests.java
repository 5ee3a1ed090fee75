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
import java.util.stream.IntStream;
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

    /**
     * A worker that has just started or computed looks at the queue too, and may do so in between:
     * on a busy machine not the first time.
     */
    @Test
    void whatAThreadSubmitsTogetherIsNotBegunBeforeAllOfItHasCome() throws Exception {
        try (Batcher batcher = open()) {
            assertThat(IntStream.range(0, 10).anyMatch(time -> begunTogether(batcher, time)))
                    .as("begun together in one of ten times: " + engine.computed)
                    .isTrue();
        }
    }

    private boolean begunTogether(Batcher batcher, int time) {
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        int before = engine.computed.size();
        batcher.together(() -> {
            answers.add(submit(batcher, "a" + time));
            // the engine is idle, and would have begun
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            answers.add(submit(batcher, "b" + time));
            answers.add(submit(batcher, "c" + time));
        });
        answers.add(submit(batcher, "alone" + time));
        for (CompletableFuture<Outcome> answer : answers) {
            assertThat(answer.orTimeout(30, TimeUnit.SECONDS).join())
                    .isInstanceOf(Prediction.class);
        }
        List<String> first = engine.computed.get(before);
        return first.size() >= 3
                && first.subList(0, 3).equals(List.of("a" + time, "b" + time, "c" + time));
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
