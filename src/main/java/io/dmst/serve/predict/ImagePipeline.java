package io.dmst.serve.predict;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;
import static io.dmst.serve.predict.FailureCode.INVALID_IMAGE;
import static io.dmst.serve.predict.FailureCode.TOO_LARGE;
import static io.dmst.serve.predict.FailureCode.UNSUPPORTED_MEDIA_TYPE;

import io.dmst.core.explain.Explainer;
import io.dmst.core.image.RgbImage;
import io.dmst.serve.metrics.TraceRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The path of a request, the same for all protocols: select the model, admit, decode on the
 * caller's thread, predict, wait. Methods block until the deadline at most; interrupting the thread
 * removes its images from the queue. Safe for use by several threads.
 */
@Component
public class ImagePipeline {

    private static final Logger log = LoggerFactory.getLogger(ImagePipeline.class);
    private static final Set<FailureCode> ABOUT_THE_IMAGE =
            EnumSet.of(INVALID_ARGUMENT, INVALID_IMAGE, UNSUPPORTED_MEDIA_TYPE, TOO_LARGE);

    private final Models models;
    private final Admission admission;
    private final InputDecoder decoder;
    private final RequestProperties limits;
    private final TraceRegistry traces;

    ImagePipeline(
            Models models,
            Admission admission,
            InputDecoder decoder,
            RequestProperties limits,
            TraceRegistry traces) {
        this.models = models;
        this.admission = admission;
        this.decoder = decoder;
        this.limits = limits;
        this.traces = traces;
    }

    /**
     * Selects a model that is in service.
     *
     * @param name absent for the default
     * @param version absent for the name's default
     * @throws FailureException if there is no such model, or it is not in service
     */
    public Predictor predictor(
            @Nullable String name, @Nullable String version, RequestContext context) {
        context.recorder().trace(traces.begun(context.requestId()));
        Predictor predictor = models.select(name, version);
        context.recorder().model(predictor.model().name());
        return predictor;
    }

    /**
     * The deadline of a request.
     *
     * @param asked by the client, counted from the request's arrival; absent for the configured
     *     default; bounded by the configured longest
     */
    public Deadline deadline(@Nullable Duration asked, RequestContext context) {
        Duration wanted = asked == null ? limits.timeout() : asked;
        Duration longest = limits.maxTimeout();
        Duration bounded = wanted.compareTo(longest) < 0 ? wanted : longest;
        return Deadline.after(bounded.minus(context.elapsed()));
    }

    /**
     * Accepts a request before its body is read.
     *
     * @throws FailureException if the model is not ready, or the request would be late
     */
    public void admit(Predictor predictor, Deadline deadline) {
        if (!predictor.accepting()) {
            throw new FailureException(Failure.notReady());
        }
        admission.check(deadline);
    }

    /** The outcomes of encoded images, in their order. */
    public List<Outcome> classify(Call call, List<Upload> images) {
        return outcomes(call, images, image -> decoded(call, image));
    }

    /**
     * The outcomes of images that are the model's input already, in their order.
     *
     * @param images each as a {@link PredictionRequest} takes them
     */
    public List<Outcome> predict(Call call, List<byte[]> images) {
        return outcomes(call, images, image -> new ModelInput(image, null));
    }

    /**
     * Explains one image and renders the explanation.
     *
     * @param viewSide longer side in pixels of the image's view; 0 for none
     * @param render makes the answer; it may take a processor's time
     * @throws FailureException if the image has no prediction
     */
    public <T> T explain(
            ExplainCall wish, Upload image, int viewSide, Function<Explained, T> render) {
        ServedModel model = wish.predictor().model();
        Explainer explainer = new Explainer(model.config(), model.contributions(), wish.wanted());
        Call call = new Call(wish.predictor(), explainer.probes(), wish.deadline(), wish.context());
        try (Admission.InFlight ignored = admission.enter(1, wish.deadline())) {
            ModelInput input = decoded(call, image, viewSide);
            return switch (await(call, start(call, input))) {
                case Failure failure -> throw new FailureException(failure);
                case Prediction prediction ->
                        decoder.withPermit(
                                wish.deadline(),
                                () ->
                                        render.apply(
                                                explained(
                                                        model,
                                                        explainer,
                                                        prediction,
                                                        input.view())));
            };
        } catch (InterruptedException e) {
            throw cancelled(call);
        }
    }

    private static Explained explained(
            ServedModel model,
            Explainer explainer,
            Prediction prediction,
            @Nullable RgbImage view) {
        Map<String, float[]> trace = new HashMap<>();
        prediction.trace().forEach((probe, values) -> trace.put(probe, values.values()));
        return new Explained(
                model, prediction, explainer.explain(trace, prediction.mostProbable()), view);
    }

    /**
     * The failure of a request as a whole: of its only image, or where no image has a prediction,
     * the first one that is not about the image itself.
     *
     * @throws FailureException if there is one
     */
    public static void throwIfFailedAsAWhole(List<Outcome> outcomes) {
        if (!outcomes.stream().allMatch(Failure.class::isInstance)) {
            return;
        }
        outcomes.stream()
                .map(Failure.class::cast)
                .filter(f -> outcomes.size() == 1 || !ABOUT_THE_IMAGE.contains(f.code()))
                .findFirst()
                .ifPresent(failure -> {
                    throw new FailureException(failure);
                });
    }

    private interface Preparation<I> {
        ModelInput of(I image) throws InterruptedException;
    }

    private <I> List<Outcome> outcomes(Call call, List<I> images, Preparation<I> preparation) {
        List<CompletableFuture<Outcome>> pending = new ArrayList<>();
        try (Admission.InFlight ignored = admission.enter(images.size(), call.deadline())) {
            for (I image : images) {
                pending.add(started(call, image, preparation));
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (CompletableFuture<Outcome> prediction : pending) {
                outcomes.add(await(call, prediction));
            }
            return outcomes;
        } catch (InterruptedException e) {
            throw cancelled(call);
        } finally {
            pending.forEach(prediction -> prediction.cancel(true));
        }
    }

    private <I> CompletableFuture<Outcome> started(Call call, I image, Preparation<I> preparation)
            throws InterruptedException {
        try {
            return start(call, preparation.of(image));
        } catch (FailureException e) {
            return CompletableFuture.completedFuture(e.failure());
        }
    }

    private ModelInput decoded(Call call, Upload image) throws InterruptedException {
        return decoded(call, image, 0);
    }

    private ModelInput decoded(Call call, Upload image, int viewSide) throws InterruptedException {
        return switch (image) {
            case Upload.Rejected(Failure failure) -> throw new FailureException(failure);
            case Upload.File(byte[] bytes) -> decoder.decode(bytes, call, viewSide);
        };
    }

    private static CompletableFuture<Outcome> start(Call call, ModelInput input) {
        return call.predictor()
                .predict(
                        new PredictionRequest(
                                call.context().requestId(),
                                input.pixels(),
                                call.probes(),
                                call.deadline()));
    }

    private static Outcome await(Call call, CompletableFuture<Outcome> prediction)
            throws InterruptedException {
        try {
            Outcome outcome =
                    prediction.get(call.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS);
            if (outcome instanceof Prediction found) {
                call.context().recorder().predicted(found.timing());
            }
            return outcome;
        } catch (TimeoutException e) {
            prediction.cancel(true);
            return Failure.deadlinePassed();
        } catch (ExecutionException e) {
            log.error("request {}: the prediction failed", call.context().requestId(), e);
            return Failure.internal();
        }
    }

    private static FailureException cancelled(Call call) {
        Thread.currentThread().interrupt();
        call.context().recorder().cancelled();
        return new FailureException(
                FailureCode.DEADLINE_EXCEEDED, "the client cancelled the request");
    }
}
