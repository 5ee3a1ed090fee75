package io.dmst.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs several ways of doing a piece of work in turn (A B C, C A B, …), so that whatever disturbs
 * the machine disturbs all of them alike, and measures how long each takes. The order of each round
 * is drawn anew, and a variant whose work is short does it several times in its turn: it finds the
 * caches full of another one's data, which it would not do in a service.
 */
final class Interleaved {

    private static final int LEAST_ROUNDS = 11;
    private static final int MOST_REPETITIONS = 1000;

    private final List<Runnable> variants;
    private final Duration warmUp;
    private final Duration duration;
    private final Duration turn;

    /**
     * @param variants safe for use by several threads
     * @param warmUp that is not measured
     * @param duration that is; at least {@value #LEAST_ROUNDS} rounds in any case
     * @param turn of a variant, which it spends on repetitions; at least one
     */
    Interleaved(List<Runnable> variants, Duration warmUp, Duration duration, Duration turn) {
        this.variants = List.copyOf(variants);
        this.warmUp = warmUp;
        this.duration = duration;
        this.turn = turn;
    }

    /**
     * What was measured.
     *
     * @param seconds of one repetition, {@code [variant][round]}
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
                int worker = i;
                running.add(threads.submit(() -> rounds(worker)));
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

    private List<double[]> rounds(int worker) {
        Random random = new Random(worker);
        List<double[]> warm = repeat(warmUp, 1, 1, random);
        double mean = Arrays.stream(warm.getLast()).average().orElse(0);
        int repetitions = (int) Math.clamp(turn.toNanos() / 1e9 / mean, 1, MOST_REPETITIONS);
        return repeat(duration, LEAST_ROUNDS, repetitions, random);
    }

    private List<double[]> repeat(Duration time, int least, int repetitions, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int variant = 0; variant < variants.size(); variant++) {
            order.add(variant);
        }
        List<double[]> rounds = new ArrayList<>();
        long begun = System.nanoTime();
        while (rounds.size() < least || System.nanoTime() - begun < time.toNanos()) {
            double[] seconds = new double[variants.size()];
            Collections.shuffle(order, random);
            for (int variant : order) {
                long start = System.nanoTime();
                for (int i = 0; i < repetitions; i++) {
                    variants.get(variant).run();
                }
                seconds[variant] = (System.nanoTime() - start) / 1e9 / repetitions;
            }
            rounds.add(seconds);
        }
        return rounds;
    }
}
