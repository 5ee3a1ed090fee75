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
 * would have to wait past its deadline for those before it to be decoded and computed. Where it is
 * announced, such as by headers, all of this is asked before it is sent. The margin is for the
 * first of these times, since a refusal is of the less use the later it is. What waits is the
 * compressed file; of pixels there are those being decoded, and images of the model's size. What
 * takes less time than waking a thread for it is decoded by the thread that asks.
 *
 * <p>Safe for use by several threads.
 */
@Component
class Decoding implements DisposableBean {

    /** Of a file that is decoded within some milliseconds. */
    private static final int QUICK = 512 * 1024;

    private final Pixels pixels;
    private final Workers workers;
    private final MeterRegistry meters;
    private final ServiceTime serviceTime = new ServiceTime();
    private final OnTheWay onTheWay = new OnTheWay(System::nanoTime);

    Decoding(Pixels pixels, PipelineProperties properties, Waiting waiting, MeterRegistry meters) {
        this.pixels = pixels;
        this.workers = new Workers("decode", properties, waiting);
        this.meters = meters;
    }

    /**
     * Why an image that somebody is about to send would be refused; absent if it may come,
     * whereupon it is expected.
     */
    Optional<Failure> refusal(Predictor predictor, Deadline deadline, Exchange exchange) {
        Optional<Failure> refusal = refusal(predictor, deadline, onTheWay.count());
        if (refusal.isEmpty()) {
            exchange.letIn(onTheWay.one());
        }
        return refusal;
    }

    /** Why an image would be refused now that it is here; absent if it would be taken. */
    Optional<Failure> refusal(Predictor predictor, Deadline deadline) {
        return refusal(predictor, deadline, 0);
    }

    private Optional<Failure> refusal(Predictor predictor, Deadline deadline, int coming) {
        if (deadline.passed()) {
            return Optional.of(Refusals.tooLate());
        }
        int ahead = workers.waiting();
        double each = serviceTime.mean() / workers.size();
        long wait = (long) ((deadline.margin() * ahead + coming) * each);
        long excess = wait - deadline.remaining().toNanos();
        if (ahead + coming > 0 && excess > 0) {
            Metric.SHED.count(meters, "predicted_late");
            return Optional.of(Refusals.predictedLate(Duration.ofNanos(excess)));
        }
        Deadline then = new Deadline(deadline.nanoTime() - wait, deadline.margin());
        return predictor.refusal(then, ahead, coming);
    }

    /**
     * A model's input to come, or why there is none; what follows is done by the thread that
     * decoded. Completing it with a refusal lets go of an image that still waits for its turn.
     */
    CompletableFuture<Checked<Input>> input(Upload file, Call call, int viewSide) {
        call.exchange().come();
        Optional<Failure> refusal = refusal(call.predictor(), call.deadline());
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(new Checked.Refused<>(refusal.get()));
        }
        if (viewSide == 0 && file.read(pixels::quick).orElse(true)) {
            return CompletableFuture.completedFuture(
                    Workers.here(call, () -> timed(file, call, viewSide)));
        }
        long came = System.nanoTime();
        return workers.begin(call, file.length() <= QUICK, () -> turn(file, call, viewSide, came));
    }

    private Checked<Input> turn(Upload file, Call call, int viewSide, long came) {
        Optional<Failure> refusal = call.predictor().refusal(call.deadline().letIn(), 0, 0);
        if (refusal.isPresent()) {
            return new Checked.Refused<>(refusal.get());
        }
        try {
            return timed(file, call, viewSide);
        } finally {
            serviceTime.done(came, System.nanoTime());
        }
    }

    private Checked<Input> timed(Upload file, Call call, int viewSide) {
        long begun = System.nanoTime();
        try {
            return file.read(bytes -> pixels.of(bytes, call.predictor().model(), viewSide))
                    .orElseGet(() -> new Checked.Refused<>(Refusals.nobody()));
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
