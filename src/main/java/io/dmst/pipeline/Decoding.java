package io.dmst.pipeline;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Decodes on as many platform threads as configured: decoding is computing, and in native code it
 * would hold on to the carrier of a virtual thread. Safe for use by several threads.
 */
@Component
class Decoding implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Decoding.class);
    private static final int WAITING = 1_024;

    private final Pixels pixels;
    private final MeterRegistry meters;
    private final ThreadPoolExecutor threads;

    Decoding(Pixels pixels, MeterRegistry meters, PipelineProperties properties) {
        this.pixels = pixels;
        this.meters = meters;
        int size =
                properties.decoders() > 0
                        ? properties.decoders()
                        : Runtime.getRuntime().availableProcessors();
        threads =
                new ThreadPoolExecutor(
                        size,
                        size,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING),
                        Thread.ofPlatform().name("decode-", 0).daemon().factory());
    }

    /** A model's input, or why there is none; waits until then, but not past the deadline. */
    Checked<Input> input(byte[] file, Call call, int viewSide) {
        Deadline deadline = call.deadline();
        if (deadline.passed()) {
            return new Checked.Refused<>(Refusals.tooLate());
        }
        Future<Checked<Input>> pending;
        try {
            pending = threads.submit(() -> timed(file, call, viewSide));
        } catch (RejectedExecutionException e) {
            return new Checked.Refused<>(
                    threads.isShutdown()
                            ? Refusals.stopping()
                            : new Failure(
                                    FailureCode.OVERLOADED,
                                    "too many images are waiting; send this one again later"));
        }
        try {
            return pending.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            pending.cancel(false);
            return new Checked.Refused<>(Refusals.tooLate());
        } catch (InterruptedException e) {
            pending.cancel(false);
            Thread.currentThread().interrupt();
            return new Checked.Refused<>(Refusals.stopping());
        } catch (ExecutionException e) {
            log.error("request {}: decoding failed", call.exchange().requestId(), e.getCause());
            return Checked.refused(
                    FailureCode.INTERNAL, "decoding the image failed; it is a fault of ours");
        }
    }

    private Checked<Input> timed(byte[] file, Call call, int viewSide) {
        long begun = System.nanoTime();
        try {
            return pixels.of(file, call.predictor().model(), viewSide);
        } finally {
            Duration spent = Duration.ofNanos(System.nanoTime() - begun);
            call.exchange().spent(Exchange.Stage.DECODE, spent);
            Metric.STAGE.time(meters, spent, Exchange.Stage.DECODE.label());
        }
    }

    @Override
    public void destroy() {
        threads.shutdown();
    }
}
