package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.core.explain.Wanted;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.ExplainCall;
import io.dmst.serve.predict.ExplainOptions;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.Upload;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
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
    private final ImagePipeline pipeline;

    ExplainController(ImageUploads uploads, ImagePipeline pipeline) {
        this.uploads = uploads;
        this.pipeline = pipeline;
    }

    @RequestMapping(
            path = "/v1/explain",
            method = {RequestMethod.POST, RequestMethod.PUT})
    @Contract(operation = "explain")
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
        RequestContext context = HttpContext.of(request);
        ExplanationFormat asked = ExplanationFormat.asked(format, request).orElse(null);
        if (asked == null) {
            return notAcceptable(context);
        }
        ExplainQuery query = ExplainQuery.of(request);
        Predictor predictor = pipeline.predictor(model, version, context);
        Deadline deadline = pipeline.deadline(query.time(), context);
        Wanted wanted = query.options().of(predictor.model());
        ExplainOptions.checkPicture(query.picture(), predictor.model());
        pipeline.admit(predictor, deadline);
        Object body =
                pipeline.explain(
                        new ExplainCall(predictor, wanted, deadline, context),
                        only(uploads.read(request, deadline)),
                        asked.viewSide(),
                        explained -> asked.body(explained, query));
        context.recorder().answered();
        return ResponseEntity.ok().contentType(asked.type()).body(body);
    }

    private static ResponseEntity<Object> notAcceptable(RequestContext context) {
        return ProblemAnswers.answer(
                new Failure(
                        INVALID_ARGUMENT,
                        "an explanation can be application/json, image/png or "
                                + ExplanationFormat.NPZ_TYPE
                                + "; the header Accept has none of them"),
                HttpStatus.NOT_ACCEPTABLE,
                new HttpHeaders(),
                context);
    }

    private static Upload only(List<Upload> images) {
        if (images.size() != 1) {
            throw new FailureException(
                    INVALID_ARGUMENT,
                    "one image is explained per request, not %d; send a request for each"
                            .formatted(images.size()));
        }
        return images.getFirst();
    }
}
