package io.dmst.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Puts several servers under the same closed load in turn, in an order that is drawn anew in each
 * round, so that whatever disturbs the machine disturbs all of them alike. The others are idle
 * meanwhile, so that what a process computes in a turn is what the turn's requests cost it. The
 * load goes on for {@code RAMP} before a turn is measured and until after it: while the first
 * requests come and the last ones are answered a server has not enough to do.
 */
final class Contest {

    private static final Duration RAMP = Duration.ofMillis(500);

    private final List<Contender> contenders;
    private final Photographs photographs;
    private final int users;
    private final Duration turn;
    private final Random random = new Random(1);

    /**
     * Who takes part.
     *
     * @param name in the report
     * @param target stays the caller's to close
     * @param processes that a request to it may cost time, by name: the processor time of each so
     *     far
     */
    record Contender(String name, Metered target, Map<String, Supplier<Duration>> processes) {

        Contender {
            processes = new LinkedHashMap<>(processes);
        }
    }

    /**
     * One turn of one contender.
     *
     * @param latency of good answers, from their sending, those of the ramp too
     * @param throughput answers per second, good or not
     * @param cpuMilliseconds of each process per request
     */
    record Turn(Percentiles latency, double throughput, Map<String, Double> cpuMilliseconds) {}

    /**
     * @param users that ask at a time, at least 1
     * @param turn of a contender
     */
    Contest(List<Contender> contenders, Photographs photographs, int users, Duration turn) {
        this.contenders = List.copyOf(contenders);
        this.photographs = photographs;
        this.users = users;
        this.turn = turn;
    }

    /**
     * Measures.
     *
     * @param warmUp of all together, which is not measured
     * @param rounds at least 1
     * @return by the contenders' names, in their order: a turn for each round
     * @throws InterruptedException if the thread is
     */
    Map<String, List<Turn>> run(Duration warmUp, int rounds) throws InterruptedException {
        warmUp(warmUp);
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        contenders.forEach(contender -> turns.put(contender.name(), new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            round().forEach((name, turn) -> turns.getOrDefault(name, List.of()).add(turn));
        }
        return turns;
    }

    /** Puts each under load for its part of the time, and forgets what came of it. */
    void warmUp(Duration time) throws InterruptedException {
        Duration each = time.dividedBy(contenders.size());
        for (Contender contender : contenders) {
            if (each.isPositive()) {
                load(contender, each);
            }
            contender.target().reset();
        }
    }

    /** One turn of each, by name. */
    Map<String, Turn> round() throws InterruptedException {
        List<Contender> order = new ArrayList<>(contenders);
        Collections.shuffle(order, random);
        Map<String, Turn> turns = new LinkedHashMap<>();
        for (Contender contender : order) {
            turns.put(contender.name(), turn(contender));
        }
        return turns;
    }

    private Turn turn(Contender contender) throws InterruptedException {
        try (ExecutorService loads =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("bench-load").daemon().factory())) {
            Future<?> load =
                    loads.submit(() -> {
                        load(contender, RAMP.plus(turn));
                        return null;
                    });
            Thread.sleep(RAMP);
            Moment begun = Moment.of(contender);
            Thread.sleep(turn);
            Moment over = Moment.of(contender);
            load.get();
            return begun.until(over, contender.target().latencyOfTurn());
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load failed: " + e.getCause(), e);
        }
    }

    /** What a contender had done, and its processes had computed, at some point of time. */
    private record Moment(long nanos, long answers, Map<String, Duration> times) {

        static Moment of(Contender contender) {
            Map<String, Duration> times = new LinkedHashMap<>();
            contender.processes().forEach((name, time) -> times.put(name, time.get()));
            return new Moment(System.nanoTime(), contender.target().answers(), times);
        }

        Turn until(Moment over, Percentiles latency) {
            double seconds = (over.nanos - nanos) / 1e9;
            long requests = Math.max(1, over.answers - answers);
            Map<String, Double> cpu = new LinkedHashMap<>();
            over.times.forEach((name, time) -> {
                Duration spent = time.minus(times.getOrDefault(name, Duration.ZERO));
                cpu.put(name, spent.toNanos() / 1e6 / requests);
            });
            return new Turn(latency, requests / seconds, cpu);
        }
    }

    private void load(Contender contender, Duration time) throws InterruptedException {
        new LoadBench(
                        contender.target(),
                        photographs,
                        new LoadBench.Settings(Duration.ZERO, time, time, null, 1))
                .closed(users);
    }
}
