package io.dmst.pipeline;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;
import static io.dmst.inference.FailureCode.INVALID_IMAGE;
import static io.dmst.inference.FailureCode.TOO_LARGE;
import static io.dmst.inference.FailureCode.UNSUPPORTED_MEDIA_TYPE;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Models;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.Predictor;
import io.dmst.observability.Traces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * From encoded images, or pixels, to their outcomes: choose the model, decode, predict, all images
 * of a request at a time. Every wait ends at the deadline; a thread that is interrupted takes its
 * images out of the queue. Safe for use by several threads.
 */
@Component
public class Pipeline {

    private static final Logger log = LoggerFactory.getLogger(Pipeline.class);
    private static final Set<FailureCode> ABOUT_THE_IMAGE =
            EnumSet.of(INVALID_ARGUMENT, INVALID_IMAGE, UNSUPPORTED_MEDIA_TYPE, TOO_LARGE);

    private final Models models;
    private final Decoding decoding;
    private final Waiting waiting;
    private final PipelineProperties limits;
    private final Traces traces;

    Pipeline(
            Models models,
            Decoding decoding,
            Waiting waiting,
            PipelineProperties limits,
            Traces traces) {
        this.models = models;
        this.traces = traces;
        this.decoding = decoding;
        this.waiting = waiting;
        this.limits = limits;
    }

    /**
     * The model that is meant, noted in the exchange, as is the trace of the thread's request.
     *
     * @param name absent for the default one
     * @param version absent for the name's default one
     */
    public Checked<Predictor> predictor(
            @Nullable String name, @Nullable String version, Exchange exchange) {
        exchange.traced(traces.begun(exchange.requestId()));
        return switch (models.select(name, version)) {
            case Failure failure -> new Checked.Refused<>(failure);
            case Models.Chosen(Predictor predictor) -> {
                exchange.model(predictor.model().name());
                yield Checked.accepted(predictor);
            }
        };
    }

    /**
     * The point at which a request's time is over.
     *
     * @param asked by the caller, counted from the request's arrival; absent for the configured
     *     default; bounded by the configured longest
     */
    public Deadline deadline(@Nullable Duration asked, Exchange exchange) {
        Duration wanted = asked == null ? limits.timeout() : asked;
        Duration longest = limits.maxTimeout();
        Duration bounded = wanted.compareTo(longest) < 0 ? wanted : longest;
        return Deadline.after(bounded.minus(exchange.elapsed()));
    }

    /**
     * Why an image for a model would be refused if it came now, noted in the exchange; absent also
     * where there is no such model.
     *
     * @param name absent for the default one
     * @param version absent for the name's default one
     * @param asked as for {@link #deadline}
     */
    public Optional<Failure> refusal(
            @Nullable String name,
            @Nullable String version,
            @Nullable Duration asked,
            Exchange exchange) {
        if (!(models.select(name, version) instanceof Models.Chosen(Predictor predictor))) {
            return Optional.empty();
        }
        Optional<Failure> refusal = decoding.refusal(predictor, deadline(asked, exchange));
        if (refusal.isPresent()) {
            exchange.traced(traces.begun(exchange.requestId()));
            exchange.model(predictor.model().name());
        }
        return refusal;
    }

    /**
     * The predictor again, unless an image that came now would be refused: asked before a body is
     * read.
     */
    public Checked<Predictor> admitting(Predictor predictor, Deadline deadline) {
        return decoding.refusal(predictor, deadline)
                .<Checked<Predictor>>map(Checked.Refused::new)
                .orElseGet(() -> Checked.accepted(predictor));
    }

    /** The outcomes of encoded images, in their order. */
    public List<Outcome> files(Call call, List<Checked<byte[]>> files) {
        return each(call, files, file -> file(call, file));
    }

    /**
     * The outcomes of images that are the model's input already, in their order.
     *
     * @param images each as a {@link PredictionRequest} takes them
     */
    public List<Outcome> pixels(Call call, List<byte[]> images) {
        return each(call, images, image -> await(call, image));
    }

    /**
     * The prediction of one encoded image with its picture.
     *
     * @param viewSide longer side in pixels of the picture; 0 for none
     */
    public Checked<Viewed> viewed(Call call, Checked<byte[]> file, int viewSide) {
        return file.then(bytes -> decoding.input(bytes, call, viewSide))
                .then(input ->
                        switch (await(call, input.pixels())) {
                            case Failure failure -> new Checked.Refused<>(failure);
                            case Prediction prediction ->
                                    Checked.accepted(new Viewed(prediction, input.view()));
                        });
    }

    /**
     * The failure of a request as a whole: the one of its only image, or where no image has a
     * prediction, the first one that is not about what an image is.
     */
    public static Optional<Failure> failedAsAWhole(List<Outcome> outcomes) {
        if (!outcomes.stream().allMatch(Failure.class::isInstance)) {
            return Optional.empty();
        }
        return outcomes.stream()
                .map(Failure.class::cast)
                .filter(f -> outcomes.size() == 1 || !ABOUT_THE_IMAGE.contains(f.code()))
                .findFirst();
    }

    private <T> List<Outcome> each(Call call, List<T> images, Function<T, Outcome> answer) {
        if (images.size() == 1) {
            return List.of(answer.apply(images.getFirst()));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> pending = new ArrayList<>();
            images.forEach(image -> pending.add(threads.submit(() -> answer.apply(image))));
            return pending.stream().map(image -> outcome(image, call)).toList();
        }
    }

    /** An image's outcome; the others' wait ends at the deadline, as this one does. */
    private Outcome outcome(Future<Outcome> pending, Call call) {
        try {
            return switch (waiting.result(pending, call, true)) {
                case Checked.Accepted<Outcome>(Outcome outcome) -> outcome;
                case Checked.Refused<Outcome>(Failure failure) -> failure;
            };
        } catch (ExecutionException e) {
            throw new IllegalStateException("an image's outcome must be a value", e);
        }
    }

    private Outcome file(Call call, Checked<byte[]> file) {
        return switch (file.then(bytes -> decoding.input(bytes, call, 0))) {
            case Checked.Refused<Input>(Failure failure) -> failure;
            case Checked.Accepted<Input>(Input input) -> await(call, input.pixels());
        };
    }

    private Outcome await(Call call, byte[] pixels) {
        String id = call.exchange().requestId();
        CompletableFuture<Outcome> answer =
                call.predictor()
                        .predict(new PredictionRequest(id, pixels, call.probes(), call.deadline()));
        try {
            return switch (waiting.result(answer, call, true)) {
                case Checked.Refused<Outcome>(Failure failure) -> failure;
                case Checked.Accepted<Outcome>(Outcome outcome) -> {
                    if (outcome instanceof Prediction prediction) {
                        call.exchange().spent(prediction.timing());
                    }
                    yield outcome;
                }
            };
        } catch (ExecutionException e) {
            log.error("request {}: the predictor broke its promise", id, e);
            return new Failure(
                    FailureCode.INTERNAL, "the prediction failed; it is a fault of ours");
        }
    }
}
