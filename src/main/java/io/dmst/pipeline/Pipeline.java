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
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * From encoded images, or pixels, to their outcomes: choose the model, decode, predict, all images
 * of a request at a time. An image goes from whoever decodes it straight to the model, and back to
 * whoever asked. Every wait ends at the deadline; a thread that is interrupted takes its images out
 * of the queue. Safe for use by several threads.
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
        Deadline deadline = Deadline.after(bounded.minus(exchange.elapsed()));
        return exchange.wasLetIn() ? deadline.letIn() : deadline;
    }

    /**
     * Why an image for a model would be refused that somebody is about to send, noted in the
     * exchange, as is that it may come; absent also where there is no such model.
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
        return models.select(name, version) instanceof Models.Chosen(Predictor predictor)
                ? refusal(predictor, deadline(asked, exchange), exchange)
                : Optional.empty();
    }

    /**
     * As the other one, where nothing says yet which model is meant; absent unless there is but
     * one.
     *
     * @param asked as for {@link #deadline}
     */
    public Optional<Failure> refusal(@Nullable Duration asked, Exchange exchange) {
        return models.only()
                .flatMap(predictor -> refusal(predictor, deadline(asked, exchange), exchange));
    }

    private Optional<Failure> refusal(Predictor predictor, Deadline deadline, Exchange exchange) {
        Optional<Failure> refusal = decoding.refusal(predictor, deadline, exchange);
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

    /** The outcomes of encoded images, in their order; waits for them. */
    public List<Outcome> files(Call call, List<Checked<Upload>> files) {
        return awaited(call, files.stream().map(file -> begun(call, file, 0)).toList());
    }

    /**
     * What is made of the outcomes of encoded images, in their order; returns at once but for
     * images so small that they are decoded here.
     *
     * @param made is called within {@code where}, and so is what follows
     * @return does not fail if {@code made} does not; cancelling it lets go of the images
     */
    public <T> CompletableFuture<T> files(
            Call call,
            List<Checked<Upload>> files,
            Function<List<Outcome>, T> made,
            Executor where) {
        List<CompletableFuture<Checked<Viewed>>> images =
                files.stream().map(file -> begun(call, file, 0)).toList();
        images.forEach(image -> waiting.limit(image, call));
        CompletableFuture<T> all =
                CompletableFuture.allOf(images.toArray(CompletableFuture[]::new))
                        .thenApplyAsync(done -> made.apply(awaited(call, images)), where);
        all.whenComplete((result, fault) -> images.forEach(Pipeline::letGo));
        return all;
    }

    private static void letGo(CompletableFuture<Checked<Viewed>> image) {
        image.complete(new Checked.Refused<>(Refusals.nobody()));
    }

    /**
     * The outcomes of images that are the model's input already, in their order; waits for them.
     *
     * @param images each as a {@link PredictionRequest} takes them
     */
    public List<Outcome> pixels(Call call, List<byte[]> images) {
        return awaited(call, images.stream().map(image -> predicted(call, image)).toList());
    }

    /**
     * The prediction of one encoded image with its picture; waits for it.
     *
     * @param viewSide longer side in pixels of the picture; 0 for none
     */
    public Checked<Viewed> viewed(Call call, Checked<Upload> file, int viewSide) {
        return awaited(call, begun(call, file, viewSide));
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

    private List<Outcome> awaited(Call call, List<CompletableFuture<Checked<Viewed>>> images) {
        List<Outcome> outcomes = new ArrayList<>(images.size());
        for (CompletableFuture<Checked<Viewed>> image : images) {
            outcomes.add(
                    switch (awaited(call, image)) {
                        case Checked.Refused<Viewed>(Failure failure) -> failure;
                        case Checked.Accepted<Viewed>(Viewed viewed) -> viewed.prediction();
                    });
        }
        return outcomes;
    }

    private Checked<Viewed> awaited(Call call, CompletableFuture<Checked<Viewed>> image) {
        Checked<Viewed> outcome = waiting.result(image, call);
        if (outcome instanceof Checked.Accepted<Viewed>(Viewed viewed)) {
            call.exchange().spent(viewed.prediction().timing());
        }
        return outcome;
    }

    private CompletableFuture<Checked<Viewed>> begun(
            Call call, Checked<Upload> file, int viewSide) {
        return switch (file) {
            case Checked.Refused<Upload>(Failure failure) ->
                    CompletableFuture.completedFuture(new Checked.Refused<>(failure));
            case Checked.Accepted<Upload>(Upload upload) ->
                    followed(
                            decoding.input(upload, call, viewSide),
                            (input, image) -> predict(call.letIn(), input, image));
        };
    }

    private CompletableFuture<Checked<Viewed>> predicted(Call call, byte[] pixels) {
        CompletableFuture<Checked<Viewed>> image = new CompletableFuture<>();
        predict(call, new Input(pixels, null), image);
        return image;
    }

    /**
     * What follows on an accepted step. Whoever completes it early, with a refusal, so refuses the
     * step too.
     */
    private static <S, T> CompletableFuture<Checked<T>> followed(
            CompletableFuture<Checked<S>> step, BiConsumer<S, CompletableFuture<Checked<T>>> next) {
        CompletableFuture<Checked<T>> following = new CompletableFuture<>();
        step.thenAccept(result -> {
            switch (result) {
                case Checked.Refused<S>(Failure failure) ->
                        following.complete(new Checked.Refused<>(failure));
                case Checked.Accepted<S>(S value) -> next.accept(value, following);
            }
        });
        if (!step.isDone()) {
            following.thenAccept(result -> {
                if (result instanceof Checked.Refused<T>(Failure failure)) {
                    step.complete(new Checked.Refused<>(failure));
                }
            });
        }
        return following;
    }

    /** Asks the model, by the thread that has the pixels, so that no other is woken in between. */
    private void predict(Call call, Input input, CompletableFuture<Checked<Viewed>> image) {
        if (image.isDone()) {
            return;
        }
        String id = call.exchange().requestId();
        try {
            CompletableFuture<Outcome> prediction =
                    call.predictor()
                            .predict(
                                    new PredictionRequest(
                                            id, input.pixels(), call.probes(), call.deadline()));
            prediction.whenComplete((outcome, fault) -> {
                if (!image.isDone()) {
                    image.complete(outcome == null ? broken(id, fault) : seen(outcome, input));
                }
            });
            image.thenRun(() -> prediction.cancel(true));
        } catch (RuntimeException e) {
            image.complete(broken(id, e));
        }
    }

    private static Checked<Viewed> seen(Outcome outcome, Input input) {
        return switch (outcome) {
            case Failure failure -> new Checked.Refused<>(failure);
            case Prediction prediction -> Checked.accepted(new Viewed(prediction, input.view()));
        };
    }

    private static Checked<Viewed> broken(String id, @Nullable Throwable fault) {
        log.error("request {}: the predictor broke its promise", id, fault);
        return Checked.refused(
                FailureCode.INTERNAL, "the prediction failed; it is a fault of ours");
    }
}
