package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import io.dmst.explain.Wanted;
import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.Predictor;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.ExplainCall;
import io.dmst.pipeline.Explaining;
import io.dmst.pipeline.Pipeline;
import io.dmst.pipeline.Upload;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/explain}: why is it that? */
@RestController
@Tag(name = "images")
class ExplainController {

    private final ImageUploads uploads;
    private final Pipeline pipeline;
    private final Explaining explaining;

    ExplainController(ImageUploads uploads, Pipeline pipeline, Explaining explaining) {
        this.uploads = uploads;
        this.pipeline = pipeline;
        this.explaining = explaining;
    }

    @RequestMapping(
            path = "/v1/explain",
            method = {RequestMethod.POST, RequestMethod.PUT})
    @Contract(operation = "explain", refusesFirst = true)
    @Operation(
            summary = "Why is it that?",
            description =
                    "What the forward pass that makes the prediction says of itself, for one"
                            + " image: memberships, subspaces, coding rates, class attention.")
    @ExplainParameters
    @ApiResponse(
            responseCode = "200",
            description = "The explanation",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema = @Schema(implementation = ExplainAnswer.class)),
                @Content(
                        mediaType = MediaType.IMAGE_PNG_VALUE,
                        schema = @Schema(type = "string", format = "binary")),
                @Content(
                        mediaType = ExplanationFormat.NPZ_TYPE,
                        schema =
                                @Schema(
                                        type = "string",
                                        format = "binary",
                                        description = "Opened by numpy.load"))
            })
    ResponseEntity<Object> explain(
            HttpServletRequest request,
            @Parameter(description = "Name of a model; without it the default one")
                    @RequestParam(required = false)
                    @Nullable String model,
            @Parameter(description = "Version of the model; without it the default one")
                    @RequestParam(required = false)
                    @Nullable String version,
            @Parameter(
                            description = "Stronger than the header Accept",
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"json", "png", "npz"}))
                    @RequestParam(required = false)
                    @Nullable String format) {
        Exchange exchange = Exchanges.of(request);
        Checked<Optional<ExplanationFormat>> asked = ExplanationFormat.asked(format, request);
        if (asked.equals(Checked.accepted(Optional.empty()))) {
            return notAcceptable(exchange);
        }
        Checked<Predictor> predictor = pipeline.predictor(model, version, exchange);
        Checked<ExplainQuery> query = ExplainQuery.of(request);
        Checked<ResponseEntity<Object>> answer =
                Checked.all(
                        () -> {
                            ExplanationFormat found = asked.value().orElseThrow();
                            return file(request, predictor.value(), query.value(), found)
                                    .then(body -> Checked.accepted(ok(body, found, exchange)));
                        },
                        asked,
                        predictor,
                        query);
        return switch (answer) {
            case Checked.Refused<ResponseEntity<Object>>(Failure failure) ->
                    Problems.answer(failure, exchange);
            case Checked.Accepted<ResponseEntity<Object>>(ResponseEntity<Object> found) -> found;
        };
    }

    private static ResponseEntity<Object> notAcceptable(Exchange exchange) {
        return Problems.answer(
                new Failure(
                        INVALID_ARGUMENT,
                        "an explanation can be application/json, image/png or "
                                + ExplanationFormat.NPZ_TYPE
                                + "; the header Accept has none of them"),
                HttpStatus.NOT_ACCEPTABLE,
                new HttpHeaders(),
                exchange);
    }

    private static ResponseEntity<Object> ok(
            Object body, ExplanationFormat format, Exchange exchange) {
        exchange.answered();
        return ResponseEntity.ok().contentType(format.type()).body(body);
    }

    /** The answer's body. */
    private Checked<Object> file(
            HttpServletRequest request,
            Predictor predictor,
            ExplainQuery query,
            ExplanationFormat format) {
        Exchange exchange = Exchanges.of(request);
        Deadline deadline = pipeline.deadline(query.time().orElse(null), exchange);
        Checked<Wanted> wanted =
                query.options()
                        .of(predictor)
                        .then(found -> ExplainCall.shown(query.picture(), found, predictor));
        return wanted.then(found -> uploads.read(request, exchange))
                .then(ExplainController::only)
                .then(image ->
                        explaining.explain(
                                new ExplainCall(predictor, wanted.value(), deadline, exchange),
                                Checked.accepted(image),
                                format.viewSide(),
                                explained -> format.body(explained, query)));
    }

    private static Checked<Upload> only(List<Checked<Upload>> images) {
        return images.size() == 1
                ? images.getFirst()
                : Checked.refused(
                        INVALID_ARGUMENT,
                        "one image is explained per request, not %d; send a request for each"
                                .formatted(images.size()));
    }
}
