package io.dmst.pipeline;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.Predictor;
import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Decodes within a request's time, and notes how long it took.
 *
 * <p>Nothing is decoded for a request that would be refused afterwards. An image is refused when it
 * comes, and its turn to be decoded comes, if the model would refuse it; and when it comes, if it
 * would have to wait past its deadline for those before it to be decoded and computed. What waits
 * is the compressed file; of pixels there are those being decoded, and images of the model's size.
 * What takes less time than waking a thread for it is decoded by the thread that asks.
 *
 * <p>Safe for use by several threads.
 */
@Component
class Decoding implements DisposableBean {

    private final Pixels pixels;
    private final Workers workers;
    private final MeterRegistry meters;
    private final ServiceTime serviceTime = new ServiceTime();

    Decoding(Pixels pixels, PipelineProperties properties, Waiting waiting, MeterRegistry meters) {
        this.pixels = pixels;
        this.workers = new Workers("decode", properties, waiting);
        this.meters = meters;
    }

    /** Why an image would be refused if it came now; absent if it would be taken. */
    Optional<Failure> refusal(Predictor predictor, Deadline deadline) {
        if (deadline.passed()) {
            return Optional.of(Refusals.tooLate());
        }
        int ahead = workers.waiting();
        long wait = (long) (Deadline.MARGIN * ahead * serviceTime.mean() / workers.size());
        long excess = wait - deadline.remaining().toNanos();
        if (ahead > 0 && excess > 0) {
            Metric.SHED.count(meters, "predicted_late");
            return Optional.of(Refusals.predictedLate(Duration.ofNanos(excess)));
        }
        return predictor.refusal(new Deadline(deadline.nanoTime() - wait), ahead);
    }

    /**
     * A model's input to come, or why there is none; what follows is done by the thread that
     * decoded. Completing it with a refusal lets go of an image that still waits for its turn.
     */
    CompletableFuture<Checked<Input>> input(byte[] file, Call call, int viewSide) {
        Optional<Failure> refusal = refusal(call.predictor(), call.deadline());
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(new Checked.Refused<>(refusal.get()));
        }
        if (viewSide == 0 && pixels.quick(file)) {
            return CompletableFuture.completedFuture(
                    Workers.here(call, () -> timed(file, call, viewSide)));
        }
        long came = System.nanoTime();
        return workers.begin(call, () -> turn(file, call, viewSide, came));
    }

    private Checked<Input> turn(byte[] file, Call call, int viewSide, long came) {
        Optional<Failure> refusal = call.predictor().refusal(call.deadline(), 0);
        if (refusal.isPresent()) {
            return new Checked.Refused<>(refusal.get());
        }
        try {
            return timed(file, call, viewSide);
        } finally {
            serviceTime.done(came, System.nanoTime());
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
        workers.stop();
    }
}
