package io.dmst.rest;

import static io.dmst.inference.FailureCode.DEADLINE_EXCEEDED;
import static io.dmst.inference.FailureCode.INTERNAL;
import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;
import static io.dmst.inference.FailureCode.INVALID_IMAGE;
import static io.dmst.inference.FailureCode.NOT_READY;
import static io.dmst.inference.FailureCode.OVERLOADED;
import static io.dmst.inference.FailureCode.TOO_LARGE;
import static io.dmst.inference.FailureCode.UNKNOWN_MODEL;
import static io.dmst.inference.FailureCode.UNSUPPORTED_MEDIA_TYPE;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Models;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.dmst.inference.Predictor;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/classify}: what is in these images? */
@RestController
@Tag(name = "images")
class ClassifyController {

    private static final Set<FailureCode> ABOUT_THE_IMAGE =
            EnumSet.of(INVALID_ARGUMENT, INVALID_IMAGE, UNSUPPORTED_MEDIA_TYPE, TOO_LARGE);

    private final Models models;
    private final ImageUploads uploads;
    private final Classification classification;
    private final RestProperties properties;

    ClassifyController(
            Models models,
            ImageUploads uploads,
            Classification classification,
            RestProperties properties) {
        this.models = models;
        this.uploads = uploads;
        this.classification = classification;
        this.properties = properties;
    }

    @RequestMapping(
            path = "/v1/classify",
            method = {RequestMethod.POST, RequestMethod.PUT},
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Contract(
            operation = "classify",
            failures = {
                INVALID_ARGUMENT,
                UNKNOWN_MODEL,
                TOO_LARGE,
                UNSUPPORTED_MEDIA_TYPE,
                INVALID_IMAGE,
                OVERLOADED,
                INTERNAL,
                NOT_READY,
                DEADLINE_EXCEEDED
            })
    @Operation(
            summary = "What is in these images?",
            description =
                    "The body is one image's bytes, or several images in a form's parts `image` or"
                            + " in JSON. Of several images each result stands in its image's place,"
                            + " and a bad image has an error there; a request of one bad image, or"
                            + " one in which no image could be answered for a reason of ours, is"
                            + " answered with a problem.")
    @ApiResponse(
            responseCode = "200",
            description = "Predictions",
            content = @Content(schema = @Schema(implementation = ClassifyAnswer.class)))
    ResponseEntity<Object> classify(
            HttpServletRequest request,
            @Parameter(description = "Name of a model; without it the default one")
                    @RequestParam(required = false)
                    @Nullable String model,
            @Parameter(description = "Version of the model; without it the default one")
                    @RequestParam(required = false)
                    @Nullable String version,
            @Parameter(
                            description = "How many classes to answer",
                            schema = @Schema(type = "integer", minimum = "1", defaultValue = "5"))
                    @RequestParam(name = "top_k", defaultValue = "5")
                    int topK,
            @Parameter(
                            description =
                                    "Seconds that the whole request may take, as in `2.5`; without"
                                            + " it the service's default")
                    @RequestHeader(name = RequestTimeout.HEADER, required = false)
                    @Nullable String timeout) {
        Exchange exchange = Exchange.of(request);
        Checked<ClassifyAnswer> answer =
                positive(topK)
                        .then(k -> RequestTimeout.deadline(timeout, properties, exchange.elapsed()))
                        .then(deadline ->
                                chosen(model, version, exchange)
                                        .then(p -> answer(request, p, deadline, topK)));
        return switch (answer) {
            case Checked.Refused<ClassifyAnswer>(Failure failure) ->
                    Problems.answer(failure, exchange);
            case Checked.Accepted<ClassifyAnswer>(ClassifyAnswer found) -> {
                exchange.answered();
                yield ResponseEntity.ok().headers(exchange.headers()).body(found);
            }
        };
    }

    private static Checked<Integer> positive(int topK) {
        return topK >= 1
                ? Checked.accepted(topK)
                : Checked.refused(INVALID_ARGUMENT, "top_k must be at least 1, not " + topK);
    }

    private Checked<Predictor> chosen(
            @Nullable String name, @Nullable String version, Exchange exchange) {
        return switch (models.select(name, version)) {
            case Failure failure -> new Checked.Refused<>(failure);
            case Models.Chosen(Predictor predictor) -> {
                exchange.model(predictor.model().name());
                yield Checked.accepted(predictor);
            }
        };
    }

    private Checked<ClassifyAnswer> answer(
            HttpServletRequest request, Predictor predictor, Deadline deadline, int topK) {
        Exchange exchange = Exchange.of(request);
        return uploads.read(request, exchange)
                .then(images -> {
                    List<Outcome> outcomes =
                            classification.outcomes(predictor, images, deadline, exchange);
                    outcomes.forEach(outcome -> count(outcome, exchange));
                    return failedAsAWhole(outcomes)
                            .<Checked<ClassifyAnswer>>map(Checked.Refused::new)
                            .orElseGet(() ->
                                    Checked.accepted(
                                            ClassifyAnswer.of(predictor.model(), outcomes, topK)));
                });
    }

    private static void count(Outcome outcome, Exchange exchange) {
        if (outcome instanceof Prediction prediction) {
            exchange.spent(prediction.timing());
        }
    }

    /** One bad image is the whole request; of several, when none failed for what it is. */
    private static Optional<Failure> failedAsAWhole(List<Outcome> outcomes) {
        if (!outcomes.stream().allMatch(Failure.class::isInstance)) {
            return Optional.empty();
        }
        return outcomes.stream()
                .map(Failure.class::cast)
                .filter(f -> outcomes.size() == 1 || !ABOUT_THE_IMAGE.contains(f.code()))
                .findFirst();
    }
}
