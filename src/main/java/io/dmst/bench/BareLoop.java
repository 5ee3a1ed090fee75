package io.dmst.bench;

import io.dmst.image.ImageDecoder;
import io.dmst.image.Preprocessor;
import io.dmst.inference.session.BareEngine;
import io.dmst.scheduling.Affinity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Decoding, resizing and computing without a server, by threads that share nothing but the engine:
 * each makes a batch of images ready, computes it, and begins anew. Nothing waits and nothing is
 * handed over, so that no service does more with the same processors.
 */
final class BareLoop {

    private final BareEngine engine;
    private final Preprocessor preprocessor;
    private final Photographs photographs;
    private final Machine machine;
    private final ImageDecoder decoder = new ImageDecoder();

    /**
     * @param engine stays the caller's to close
     * @param machine a thread works on each of the processors that the server has
     */
    BareLoop(
            BareEngine engine,
            Preprocessor preprocessor,
            Photographs photographs,
            Machine machine) {
        this.engine = engine;
        this.preprocessor = preprocessor;
        this.photographs = photographs;
        this.machine = machine;
    }

    /**
     * Works for some time.
     *
     * @param sizes of the batches, which each thread draws
     * @return images per second
     * @throws IllegalStateException if a thread fails
     */
    double imagesPerSecond(BatchSizes sizes, Duration time) throws InterruptedException {
        long begun = System.nanoTime();
        long until = begun + time.toNanos();
        double images = 0;
        try (ExecutorService workers =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofPlatform().name("bare-", 0).daemon().factory())) {
            List<Future<Double>> working = new ArrayList<>();
            for (int i = 0; i < machine.serverProcessors(); i++) {
                int first = i;
                working.add(workers.submit(() -> rate(first, sizes, begun, until)));
            }
            for (Future<Double> worker : working) {
                images += worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the bare loop failed: " + e.getCause(), e);
        }
        return images;
    }

    /** Of one thread, whose last batch may end after the time that it is given. */
    private double rate(int first, BatchSizes sizes, long begun, long until) {
        if (!machine.ofServer().isEmpty()) {
            Affinity.set(machine.ofServer());
        }
        Random random = new Random(first);
        long number = first;
        long images = 0;
        do {
            int batch = sizes.draw(random);
            List<byte[]> pixels = new ArrayList<>();
            for (int i = 0; i < batch; i++) {
                pixels.add(Photographs.pixels(decoder, preprocessor, photographs.file(number++)));
            }
            images += engine.run(pixels, Set.of()).size();
        } while (System.nanoTime() - until < 0);
        return images / ((System.nanoTime() - begun) / 1e9);
    }
}
