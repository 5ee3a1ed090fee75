package io.dmst.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs several ways of doing a piece of work in turn (A B C, B C A, …), so that whatever disturbs
 * the machine disturbs all of them alike, and measures how long each takes.
 */
final class Interleaved {

    private static final int LEAST_ROUNDS = 11;

    private final List<Runnable> variants;
    private final Duration warmUp;
    private final Duration duration;

    /**
     * @param variants safe for use by several threads
     * @param warmUp that is not measured
     * @param duration that is; at least {@value #LEAST_ROUNDS} rounds in any case
     */
    Interleaved(List<Runnable> variants, Duration warmUp, Duration duration) {
        this.variants = List.copyOf(variants);
        this.warmUp = warmUp;
        this.duration = duration;
    }

    /**
     * What was measured.
     *
     * @param seconds {@code [variant][round]}
     */
    @SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
    record Rounds(double[][] seconds) {

        Estimate time(int variant) {
            return Estimate.ofMedian(Arrays.stream(seconds[variant]));
        }

        Estimate ratio(int variant, int base) {
            return Estimate.ofRatio(seconds[variant], seconds[base]);
        }
    }

    /**
     * Runs.
     *
     * @param workers that do so at a time, each its own rounds
     * @throws IllegalStateException if a variant fails
     */
    Rounds run(int workers) throws InterruptedException {
        List<double[]> rounds = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().name("bench-", 0).daemon().factory())) {
            List<Future<List<double[]>>> running = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                running.add(threads.submit(this::rounds));
            }
            for (Future<List<double[]>> worker : running) {
                rounds.addAll(worker.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a variant failed: " + e.getCause(), e);
        }
        double[][] seconds = new double[variants.size()][rounds.size()];
        for (int round = 0; round < rounds.size(); round++) {
            for (int variant = 0; variant < variants.size(); variant++) {
                seconds[variant][round] = rounds.get(round)[variant];
            }
        }
        return new Rounds(seconds);
    }

    private List<double[]> rounds() {
        repeat(warmUp, 1);
        return repeat(duration, LEAST_ROUNDS);
    }

    private List<double[]> repeat(Duration time, int least) {
        List<double[]> rounds = new ArrayList<>();
        long begun = System.nanoTime();
        while (rounds.size() < least || System.nanoTime() - begun < time.toNanos()) {
            double[] seconds = new double[variants.size()];
            for (int i = 0; i < seconds.length; i++) {
                int variant = (i + rounds.size()) % seconds.length;
                long start = System.nanoTime();
                variants.get(variant).run();
                seconds[variant] = (System.nanoTime() - start) / 1e9;
            }
            rounds.add(seconds);
        }
        return rounds;
    }
}
