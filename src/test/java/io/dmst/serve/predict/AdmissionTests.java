package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Admission on a simulated clock. */
class AdmissionTests {

    private static final long MS = 1_000_000;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong clock = new AtomicLong(1);
    private final Admission admission = new Admission(256, clock::get, meters);

    private void answerOne(long time) {
        try (Admission.InFlight ignored = admission.enter(1, Deadline.none())) {
            clock.addAndGet(time);
        }
    }

    private FailureException refusal(long timeLeft) {
        return catchThrowableOfType(
                FailureException.class,
                () -> admission.check(new Deadline(clock.get() + timeLeft)));
    }

    private double shed(String reason) {
        return meters.counter("dmst.shed", "reason", reason).count();
    }

    @Test
    void aRequestIsAcceptedWhileNothingIsInFlightWhateverIsPredicted() {
        answerOne(1_000 * MS);
        assertThat(refusal(1)).isNull();
        assertThat(refusal(0).failure().code()).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(shed("deadline")).isEqualTo(1);
    }

    @Test
    void aRequestIsRefusedWhenTwiceItsPredictedFinishPassesItsDeadline() {
        answerOne(10 * MS);
        Admission.InFlight four = admission.enter(4, Deadline.none());
        assertThat(refusal(100 * MS)).as("2 × 10 ms × 5").isNull();
        FailureException refused = refusal(60 * MS);
        assertThat(refused.failure().code()).isEqualTo(FailureCode.OVERLOADED);
        assertThat(refused.failure().retryAfter()).hasMillis(40);
        assertThat(shed("predicted_late")).isEqualTo(1);
        four.close();
        assertThat(refusal(60 * MS)).isNull();
    }

    @Test
    void noMoreImagesAreInFlightThanTheBound() {
        Admission.InFlight all = admission.enter(256, Deadline.none());
        assertThat(refusal(Long.MAX_VALUE / 4).failure().code()).isEqualTo(FailureCode.OVERLOADED);
        FailureException entering =
                catchThrowableOfType(
                        FailureException.class, () -> admission.enter(1, Deadline.none()));
        assertThat(entering.failure().code()).isEqualTo(FailureCode.OVERLOADED);
        assertThat(shed("queue_full")).isEqualTo(2);
        all.close();
        admission.enter(1, Deadline.none()).close();
    }

    @Test
    void aSingleRequestMayHaveMoreImagesThanTheBound() {
        new Admission(1, clock::get, meters).enter(4, Deadline.none()).close();
    }

    @Test
    void oneStallChangesLittle() {
        for (int i = 0; i < 100; i++) {
            answerOne(MS);
        }
        answerOne(60_000 * MS);
        Admission.InFlight one = admission.enter(1, Deadline.none());
        assertThat(refusal(10 * MS)).isNull();
        one.close();
    }

    @Test
    void imagesThatAreAnsweredTogetherHaveTheMeanTimeOfTheirBatch() {
        for (int batch = 0; batch < 300; batch++) {
            Admission.InFlight[] together = new Admission.InFlight[8];
            for (int i = 0; i < together.length; i++) {
                together[i] = admission.enter(1, Deadline.none());
            }
            clock.addAndGet(80 * MS);
            for (Admission.InFlight image : together) {
                image.close();
            }
        }
        Admission.InFlight four = admission.enter(4, Deadline.none());
        assertThat(refusal(101 * MS)).as("2 × 10 ms × 5").isNull();
        assertThat(refusal(95 * MS)).isNotNull();
        four.close();
    }

    /** An open load of a multiple of what one server can do, each request with the same time. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.9, 1.5, 3, 10})
    void acceptedRequestsAreInTimeAndTheServerStaysBusy(double load) {
        SplittableRandom random = new SplittableRandom(7);
        long time = 200 * MS;
        Queue<long[]> queue = new ArrayDeque<>();
        Queue<Admission.InFlight> tickets = new ArrayDeque<>();
        double next = 0;
        long finish = Long.MAX_VALUE;
        int accepted = 0;
        int late = 0;
        int refused = 0;
        while (accepted + refused < 20_000) {
            if (finish <= next) {
                clock.set(finish);
                late += finish > queue.remove()[0] ? 1 : 0;
                tickets.remove().close();
                finish = queue.isEmpty() ? Long.MAX_VALUE : finish + service(random);
                continue;
            }
            clock.set(Math.max(clock.get(), (long) next));
            next += -Math.log(1 - random.nextDouble()) * 2 * MS / load;
            if (refusal(time) != null) {
                refused++;
                continue;
            }
            accepted++;
            tickets.add(admission.enter(1, Deadline.none()));
            queue.add(new long[] {clock.get() + time});
            finish = finish == Long.MAX_VALUE ? clock.get() + service(random) : finish;
        }
        assertThat((double) late / accepted).as("late").isLessThan(0.001);
        double throughput = accepted / (clock.get() / (2.0 * MS));
        assertThat(throughput)
                .as("share of what is possible")
                .isGreaterThan(0.97 * Math.min(1, load));
    }

    private static long service(SplittableRandom random) {
        return (long) (random.nextDouble(1, 3) * MS);
    }
}
