package io.dmst.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.PredictionRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random traffic, from light to threefold overload, through the shipped queue and worker on a
 * simulated clock; the seed that fails is in the test's name.
 */
class BatchPropertyTests {

    private static final int REQUESTS = 600;
    private static final int LARGEST = 4;

    static List<Long> seeds() {
        return new SplittableRandom(20_261_201).longs(60).boxed().toList();
    }

    private record Arrival(
            PendingPrediction pending, long at, long cancelledAt, List<Integer> answers) {}

    private final AtomicLong clock = new AtomicLong();
    private final FakeComputation computation = new FakeComputation();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, Long> startedAt = new HashMap<>();
    private final List<List<PendingPrediction>> batches = new ArrayList<>();

    private void simulate(long seed) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        double image = random.nextDouble(1e3, 1e6);
        BatchQueue queue =
                new BatchQueue(
                        // the calibration may be wrong by a factor of three either way
                        Map.of(
                                BatchKind.PLAIN, wrong(random, image),
                                BatchKind.TRACED, wrong(random, 2 * image)),
                        LARGEST,
                        Duration.ofNanos((long) (image * random.nextDouble(0.5, 10))),
                        clock::get,
                        new SimpleMeterRegistry());
        BatchWorker worker =
                new BatchWorker(
                        new SelfHealingEngine(() -> computation, () -> {}), queue, clock::get);
        computation.before =
                batch -> {
                    batch.forEach(request -> startedAt.put(request.id(), clock.get()));
                    double kind = batch.getFirst().probes().isEmpty() ? 1 : 2;
                    clock.addAndGet(
                            (long) (batch.size() * image * kind * random.nextDouble(0.5, 1.5)));
                };
        arrive(random, image);
        int next = 0;
        while (true) {
            next = deliver(queue, next);
            List<PendingPrediction> batch = queue.poll();
            if (!batch.isEmpty()) {
                batches.add(batch);
                worker.compute(batch);
            } else if (next < arrivals.size()) {
                clock.set(Math.max(clock.get(), arrivals.get(next).at()));
            } else {
                return;
            }
        }
    }

    private static CostModel wrong(SplittableRandom random, double time) {
        double estimate = time * Math.pow(3, random.nextDouble(-1, 1));
        return CostModel.through(estimate, 1, estimate);
    }

    private void arrive(SplittableRandom random, double image) {
        double load = random.nextDouble(0.2, 3);
        double time = 0;
        for (int i = 0; i < REQUESTS; i++) {
            time += -Math.log(1 - random.nextDouble()) * image / load;
            long at = (long) time;
            long patience =
                    random.nextBoolean()
                            ? Long.MAX_VALUE / 4
                            : (long) (image * random.nextDouble(0.5, 60));
            PredictionRequest request =
                    new PredictionRequest(
                            "r" + i,
                            new byte[] {(byte) (i % 100)},
                            random.nextInt(4) == 0 ? Set.of("membership.0") : Set.of(),
                            new Deadline(at + patience));
            PendingPrediction pending = new PendingPrediction(request, at);
            List<Integer> answers = new ArrayList<>();
            pending.answer().whenComplete((outcome, fault) -> answers.add(1));
            long cancelledAt =
                    random.nextInt(10) == 0
                            ? at + (long) (image * random.nextDouble(0, 20))
                            : Long.MAX_VALUE;
            arrivals.add(new Arrival(pending, at, cancelledAt, answers));
        }
    }

    /** Adds the requests that have arrived by now, and cancels those whose clients did. */
    private int deliver(BatchQueue queue, int from) {
        int next = from;
        while (next < arrivals.size() && arrivals.get(next).at() <= clock.get()) {
            queue.add(arrivals.get(next++).pending());
        }
        for (int i = 0; i < next; i++) {
            if (arrivals.get(i).cancelledAt() <= clock.get()) {
                arrivals.get(i).pending().answer().cancel(false);
            }
        }
        return next;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyRequestIsAnsweredOnceAndNoneIsStartedAfterItsDeadlineOrCancellation(long seed)
            throws Exception {
        simulate(seed);
        int predicted = 0;
        for (Arrival arrival : arrivals) {
            assertThat(arrival.answers()).hasSize(1);
            String id = arrival.pending().request().id();
            long deadline = arrival.pending().request().deadline().nanoTime();
            long started = startedAt.getOrDefault(id, Long.MIN_VALUE);
            assertThat(started).as(id).isLessThan(Math.min(deadline, arrival.cancelledAt()));
            if (arrival.pending().answer().isCancelled()) {
                continue;
            }
            Outcome outcome = arrival.pending().answer().join();
            switch (outcome) {
                case Prediction prediction -> {
                    predicted++;
                    assertThat(prediction.logits())
                            .containsExactly(arrival.pending().request().pixels()[0]);
                }
                case Failure failure ->
                        assertThat(failure.code()).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
            }
        }
        assertThat(predicted).isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void batchesAreOfOneKindInOrderOfArrivalAndBounded(long seed) throws Exception {
        simulate(seed);
        Map<BatchKind, Long> last = new HashMap<>();
        for (List<PendingPrediction> batch : batches) {
            assertThat(batch).hasSizeBetween(1, LARGEST);
            BatchKind kind = batch.getFirst().kind();
            for (PendingPrediction request : batch) {
                assertThat(request.kind()).isEqualTo(kind);
                assertThat(request.arrival()).isGreaterThanOrEqualTo(last.getOrDefault(kind, -1L));
                last.put(kind, request.arrival());
            }
        }
    }
}
