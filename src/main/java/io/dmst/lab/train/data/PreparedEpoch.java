package io.dmst.lab.train.data;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Prepares batches on a fixed number of daemon threads, one batch more than there are threads
 * ahead, and hands them out in order. Closing it waits for the images in work; threads are not
 * interrupted, since an interrupt closes the file that a thread reads.
 */
final class PreparedEpoch implements BatchSource.Epoch {

    private final int batches;
    private final Preparation preparation;
    private final ExecutorService threads;
    private final Deque<Future<Batch>> ahead = new ArrayDeque<>();
    private int started;
    private volatile boolean closed;

    /** Makes a batch. */
    @FunctionalInterface
    interface Preparation {
        /**
         * @param stop to be asked between images
         */
        Batch batch(int number, Stop stop) throws IOException;
    }

    /** Ends a preparation that nothing waits for. */
    @FunctionalInterface
    interface Stop {
        /**
         * @throws CancellationException if the epoch is closed
         */
        void check();
    }

    PreparedEpoch(int threads, int from, int batches, Preparation preparation) {
        this.started = from;
        this.batches = batches;
        this.preparation = preparation;
        this.threads =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().daemon().name("batches-", 0).factory());
        for (int i = 0; i < threads + 1; i++) {
            start();
        }
    }

    private void start() {
        if (started < batches) {
            int number = started++;
            ahead.add(threads.submit(() -> preparation.batch(number, this::check)));
        }
    }

    private void check() {
        if (closed) {
            throw new CancellationException("the epoch was closed");
        }
    }

    @Override
    public Batch next() throws IOException, InterruptedException {
        // a future that is done does not look at interrupts
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the next batch");
        }
        Future<Batch> first = ahead.poll();
        if (first == null) {
            throw new NoSuchElementException("the epoch has %d batches".formatted(batches));
        }
        try {
            Batch batch = first.get();
            start();
            return batch;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failed) {
                throw new IOException(failed.getMessage(), failed);
            }
            throw new IllegalStateException("a batch could not be prepared", e.getCause());
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdown();
        ahead.forEach(batch -> batch.cancel(false));
        awaitImagesInWork();
    }

    private void awaitImagesInWork() {
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
