package io.dmst.serve.predict;

import io.dmst.core.image.Decoded;
import io.dmst.core.image.ImageDecoder;
import io.dmst.core.image.ImageLimits;
import io.dmst.core.image.PixelRows;
import io.dmst.core.image.Preprocessor;
import io.dmst.serve.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Decodes images on the request's own thread, as many at a time as there are permits; waiting
 * requests get them in the order of their arrival. Safe for use by several threads.
 */
@Component
class InputDecoder {

    private final ImageDecoder decoder;
    private final Semaphore permits;
    private final MeterRegistry meters;
    private final CompletableFuture<Void> loading;

    InputDecoder(ImageProperties properties, MeterRegistry meters) {
        decoder =
                new ImageDecoder(
                        new ImageLimits(
                                Math.toIntExact(properties.maxSize().toBytes()),
                                properties.maxPixels(),
                                ImageLimits.DEFAULT_MAX_SIDE_RATIO),
                        properties.decodeMemory().toBytes());
        this.permits = new Semaphore(properties.decoderCount(), true);
        this.meters = meters;
        loading = CompletableFuture.runAsync(ImageDecoder::warmUp, InputDecoder::onThread);
    }

    private static void onThread(Runnable load) {
        Thread.ofPlatform().name("decoder-warm-up").daemon().start(load);
    }

    /** Fails the start of a process whose native decoder cannot be loaded. */
    @EventListener
    void started(ApplicationStartedEvent event) {
        try {
            loading.join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "the native image decoder cannot be loaded: " + e.getCause(), e);
        }
    }

    /**
     * Decodes an image for a model.
     *
     * @param viewSide longer side in pixels of a view for people; 0 for none
     * @throws FailureException if the image cannot be read, or the deadline passes
     * @throws InterruptedException if the client cancels the request
     */
    ModelInput decode(byte[] file, Call call, int viewSide) throws InterruptedException {
        return withPermit(call.deadline(), () -> timed(file, call, viewSide));
    }

    /**
     * Runs work that keeps a processor busy, such as drawing, under the same permits.
     *
     * @throws FailureException if the deadline passes first
     * @throws InterruptedException if the client cancels the request
     */
    <T> T withPermit(Deadline deadline, Supplier<T> work) throws InterruptedException {
        if (!permits.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
            Metric.SHED.count(meters, "deadline");
            throw new FailureException(Failure.deadlinePassed());
        }
        try {
            return work.get();
        } finally {
            permits.release();
        }
    }

    private ModelInput timed(byte[] file, Call call, int viewSide) {
        long started = System.nanoTime();
        try {
            return decoder.show(
                    MemorySegment.ofArray(file),
                    rows -> input(rows, call.predictor().model(), viewSide),
                    refused -> {
                        throw new FailureException(code(refused.reason()), refused.detail());
                    });
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            call.context().recorder().stage(RequestRecorder.Stage.DECODE, took);
            Metric.STAGE.time(meters, took, RequestRecorder.Stage.DECODE.label());
        }
    }

    private static ModelInput input(PixelRows image, ServedModel model, int viewSide) {
        Preprocessor preprocessor =
                new Preprocessor(model.imageHeight(), model.imageWidth(), model.cropFraction());
        return new ModelInput(
                preprocessor.apply(image),
                viewSide == 0 ? null : preprocessor.view(image, viewSide));
    }

    private static FailureCode code(Decoded.Reason reason) {
        return switch (reason) {
            case INVALID -> FailureCode.INVALID_IMAGE;
            case UNSUPPORTED -> FailureCode.UNSUPPORTED_MEDIA_TYPE;
            case TOO_LARGE -> FailureCode.TOO_LARGE;
        };
    }
}
