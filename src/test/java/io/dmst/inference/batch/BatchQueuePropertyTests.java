package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.FailureCode;
import io.dmst.inference.Priority;
import io.dmst.inference.batch.Simulation.Visit;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random traffic on a simulated clock; a seed that fails is in the test's name. */
class BatchQueuePropertyTests {

    private static final long MS = 1_000_000;
    private static final int REQUESTS = 600;

    static List<Long> seeds() {
        return new SplittableRandom(20_261_123).longs(60).boxed().toList();
    }

    /**
     * From light traffic to threefold overload, one to three workers, half the clients with little
     * time.
     */
    private static Simulation simulate(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int largest = random.nextInt(1, 17);
        int workers = random.nextInt(1, 4);
        double image = random.nextDouble(0.2, 30) * MS;
        double load = random.nextDouble(0.2, 3);
        Limits limits =
                new Limits(
                        1_000, workers, Duration.ofMillis(random.nextInt(1, 100)), Duration.ZERO);
        // the calibration may be wrong by a factor of three either way
        double wrong = Math.pow(3, random.nextDouble(-1, 1));
        Simulation simulation =
                new Simulation(
                        CostModel.through(image * wrong, 8, 6 * image * wrong),
                        CostModel.through(2 * image * wrong, 8, 12 * image * wrong),
                        largest,
                        limits,
                        batch ->
                                batch.entries().size()
                                        * image
                                        * (batch.kind() == Kind.PLAIN ? 1 : 2)
                                        * random.nextDouble(0.5, 1.5));
        double time = 0;
        for (int i = 0; i < REQUESTS; i++) {
            time += -Math.log(1 - random.nextDouble()) * image / (load * workers);
            long arrival = (long) time;
            Kind kind = random.nextInt(4) == 0 ? Kind.TRACED : Kind.PLAIN;
            Priority priority = Priority.values()[random.nextInt(3)];
            long patience =
                    random.nextBoolean()
                            ? Duration.ofDays(1).toNanos()
                            : (long) (image * random.nextDouble(0.5, 60));
            Visit visit =
                    simulation.arrive(
                            arrival, Simulation.request(kind, priority, arrival + patience));
            if (random.nextInt(10) == 0) {
                simulation.cancel(arrival + (long) (image * random.nextDouble(0, 20)), visit);
            }
        }
        simulation.run();
        return simulation;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everybodyIsAnsweredOnceAndByTheDeadlineAndNothingIsBegunAfterIt(long seed) {
        Simulation simulation = simulate(seed);
        assertThat(simulation.visits())
                .hasSize(REQUESTS)
                .allSatisfy(visit -> {
                    long deadline = visit.entry.request().deadline().nanoTime();
                    assertThat(visit.answered).isBetween(visit.arrival, deadline);
                    assertThat(visit.sheds).isEqualTo(visit.predicted() || visit.cancelled ? 0 : 1);
                    if (visit.failed(FailureCode.DEADLINE_EXCEEDED)) {
                        assertThat(visit.answered).isEqualTo(deadline);
                    }
                    if (visit.begun >= 0) {
                        assertThat(visit.begun)
                                .isLessThan(deadline)
                                .isLessThanOrEqualTo(visit.answered);
                    }
                });
        assertThat(simulation.visits()).anyMatch(Visit::predicted);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void withinAPriorityAndAKindTheFirstComeIsTheFirstBegun(long seed) {
        Simulation simulation = simulate(seed);
        Map<String, Long> last = new HashMap<>();
        simulation.begun().stream()
                .flatMap(batch -> batch.entries().stream())
                .map(simulation::visit)
                .filter(visit -> visit.begun >= 0)
                .forEach(visit -> {
                    String queue = visit.entry.kind() + " " + visit.entry.request().priority();
                    Long former = last.put(queue, visit.arrival);
                    assertThat(visit.arrival).isGreaterThanOrEqualTo(former == null ? 0 : former);
                });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nobodyStarvesForTheHeadOfEveryBatchStoodBeforeAllWhoStillWait(long seed) {
        Simulation simulation = simulate(seed);
        for (int i = 0; i < simulation.begun().size(); i++) {
            long head = simulation.begun().get(i).entries().getFirst().rank();
            assertThat(simulation.waitingAtBegin(i))
                    .allSatisfy(
                            visit -> assertThat(visit.entry.rank()).isGreaterThanOrEqualTo(head));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void batchesAreOfOneKindAndInTheQueuesOrder(long seed) {
        assertThat(simulate(seed).begun())
                .allSatisfy(batch -> {
                    assertThat(batch.entries()).extracting(Entry::kind).containsOnly(batch.kind());
                    assertThat(batch.entries())
                            .isSortedAccordingTo(Comparator.comparingLong(Entry::rank));
                });
    }

    @Test
    void aStreamThatFillsTheEngineDoesNotKeepALowRequestWaitingForever() {
        Simulation simulation =
                new Simulation(
                        CostModel.through(10 * MS, 1, 10 * MS),
                        CostModel.through(10 * MS, 1, 10 * MS),
                        1,
                        new Limits(10_000, 1, Duration.ofMillis(50), Duration.ZERO),
                        batch -> 10 * MS);
        long never = Duration.ofDays(1).toNanos();
        for (int i = 0; i < 2_000; i++) {
            simulation.arrive(i * 10 * MS, Simulation.request(Kind.PLAIN, Priority.HIGH, never));
        }
        Visit low = simulation.arrive(1, Simulation.request(Kind.TRACED, Priority.LOW, never));
        simulation.run();
        assertThat(low.begun).isBetween(5_000 * MS, 5_020 * MS);
    }

    @Test
    void underThreefoldOverloadTheEngineIsKeptBusyWithAnswersThatComeInTime() {
        SplittableRandom random = new SplittableRandom(7);
        double image = 2 * MS;
        double fixed = 6 * MS;
        int largest = 8;
        Simulation simulation =
                new Simulation(
                        CostModel.through(image + fixed, 8, 8 * image + fixed),
                        CostModel.through(image + fixed, 8, 8 * image + fixed),
                        largest,
                        new Limits(10_000, 1, Duration.ofMillis(50), Duration.ZERO),
                        batch ->
                                (batch.entries().size() * image + fixed)
                                        * random.nextDouble(0.8, 1.2));
        double peak = largest / (largest * image + fixed);
        double time = 0;
        int offered = 10_000;
        for (int i = 0; i < offered; i++) {
            time += -Math.log(1 - random.nextDouble()) / (3 * peak);
            long arrival = (long) time;
            simulation.arrive(
                    arrival, Simulation.request(Kind.PLAIN, Priority.NORMAL, arrival + 200 * MS));
        }
        simulation.run();
        List<Visit> visits = simulation.visits();
        long good = visits.stream().filter(Visit::predicted).count();
        long late = visits.stream().filter(v -> v.failed(FailureCode.DEADLINE_EXCEEDED)).count();
        assertThat(good).isGreaterThan((long) (0.9 * peak * time));
        assertThat(late).isLessThan(good / 100);
        assertThat(visits)
                .filteredOn(visit -> visit.failed(FailureCode.OVERLOADED))
                .hasSize((int) (offered - good - late));
    }
}
