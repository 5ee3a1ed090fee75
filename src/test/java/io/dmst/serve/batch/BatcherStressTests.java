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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads that come, leave and lose patience, on an engine that fails, until it is closed. */
@Timeout(120)
class BatcherStressTests {

    private static final int CLIENTS = 8;
    private static final int REQUESTS = 500;
    private static final String POISON = "poison";

    /** A request, what it was answered, how often, and whether it was cancelled. */
    private record Visit(
            PredictionRequest request,
            CompletableFuture<Outcome> answer,
            AtomicInteger answers,
            boolean cancelled) {}

    private volatile boolean over;
    private final Set<String> begunLate = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, Integer> computations = new ConcurrentHashMap<>();

    private FakeComputation unreliable(long seed) {
        FakeComputation engine = new FakeComputation();
        SplittableRandom random = new SplittableRandom(seed);
        engine.before =
                batch -> {
                    long begun = System.nanoTime();
                    boolean fails;
                    long nanos;
                    synchronized (random) {
                        fails = random.nextInt(40) == 0;
                        nanos = random.nextLong(20_000, 400_000);
                    }
                    for (PredictionRequest request : batch) {
                        computations.merge(request.id(), 1, Integer::sum);
                        if (request.deadline().nanoTime() < begun) {
                            begunLate.add(request.id());
                        }
                    }
                    LockSupport.parkNanos(nanos);
                    if (fails || batch.stream().anyMatch(r -> r.id().startsWith(POISON))) {
                        throw new IllegalStateException("this batch fails");
                    }
                };
        return engine;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyRequestIsAnsweredExactlyOnceWhateverHappens(int workers) throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Batcher.Limits limits =
                new Batcher.Limits(workers, Duration.ofMillis(50), Duration.ofSeconds(20));
        Batcher batcher =
                Batcher.open(() -> unreliable(workers), limits, FakeComputation.MODEL, meters);
        List<Visit> visits = new ArrayList<>();
        try (ExecutorService clients = Executors.newThreadPerTaskExecutor(Thread::new)) {
            List<Future<List<Visit>>> pending = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                pending.add(clients.submit(() -> visit(batcher, number)));
            }
            // closed under load: whoever comes later is told so
            Thread.sleep(1_500);
            batcher.close();
            over = true;
            for (Future<List<Visit>> some : pending) {
                visits.addAll(some.get());
            }
        }
        for (Visit visit : visits) {
            if (!visit.cancelled()) {
                visit.answer().get(30, TimeUnit.SECONDS);
            }
        }
        check(visits);
        assertThat(meters.find("dmst.queue.depth").gauge()).isNull();
    }

    private List<Visit> visit(Batcher batcher, int client) {
        SplittableRandom random = new SplittableRandom(client);
        List<Visit> visits = new ArrayList<>();
        for (int i = 0; !over || i < REQUESTS; i++) {
            String name = (random.nextInt(100) == 0 ? POISON : "image") + "-" + client + "-" + i;
            PredictionRequest request =
                    new PredictionRequest(
                            name,
                            new byte[] {(byte) random.nextInt(128)},
                            random.nextInt(4) == 0 ? Set.of("membership.0") : Set.of(),
                            random.nextBoolean()
                                    ? Deadline.none()
                                    : Deadline.after(Duration.ofNanos(random.nextInt(3_000_000))));
            AtomicInteger answers = new AtomicInteger();
            CompletableFuture<Outcome> answer = batcher.submit(request);
            answer.whenComplete((outcome, fault) -> answers.incrementAndGet());
            boolean leaves = random.nextInt(8) == 0 && answer.cancel(true);
            visits.add(new Visit(request, answer, answers, leaves));
            LockSupport.parkNanos(random.nextInt(1_000_000));
        }
        return visits;
    }

    private void check(List<Visit> visits) throws Exception {
        assertThat(visits).hasSizeGreaterThanOrEqualTo(CLIENTS * REQUESTS);
        Set<FailureCode> failures = new HashSet<>();
        int predicted = 0;
        for (Visit visit : visits) {
            assertThat(visit.answers()).hasValue(1);
            if (visit.cancelled()) {
                continue;
            }
            switch (visit.answer().get()) {
                case Prediction prediction -> {
                    predicted++;
                    assertThat(prediction.logits()).containsExactly(visit.request().pixels()[0]);
                }
                case Failure failure -> failures.add(failure.code());
            }
            // alone, and before that perhaps in a batch that failed
            assertThat(computations.getOrDefault(visit.request().id(), 0)).isBetween(0, 2);
        }
        assertThat(predicted).isGreaterThan(100);
        assertThat(failures)
                .contains(FailureCode.NOT_READY, FailureCode.INTERNAL)
                .isSubsetOf(
                        FailureCode.OVERLOADED,
                        FailureCode.DEADLINE_EXCEEDED,
                        FailureCode.NOT_READY,
                        FailureCode.INTERNAL);
        // a thread may lose its processor between its look at the clock and the engine
        assertThat(begunLate.size()).isLessThan(computations.size() / 100);
    }
}
