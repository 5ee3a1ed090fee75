package io.dmst.pipeline;

import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Decodes within a request's time, and notes how long it took. Safe for use by several threads. */
@Component
class Decoding {

    private final Pixels pixels;
    private final Workers workers;
    private final MeterRegistry meters;

    Decoding(Pixels pixels, Workers workers, MeterRegistry meters) {
        this.pixels = pixels;
        this.workers = workers;
        this.meters = meters;
    }

    /** A model's input, or why there is none; waits until then, but not past the deadline. */
    Checked<Input> input(byte[] file, Call call, int viewSide) {
        return workers.run(call, () -> timed(file, call, viewSide));
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
}
