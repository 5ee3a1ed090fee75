package io.dmst.serve.http;

import io.dmst.serve.predict.Call;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.Ranking;
import io.dmst.serve.predict.RequestContext;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/classify}: what is in these images? */
@RestController
@Tag(name = "images")
class ClassifyController {

    private final ImageUploads uploads;
    private final ImagePipeline pipeline;

    ClassifyController(ImageUploads uploads, ImagePipeline pipeline) {
        this.uploads = uploads;
        this.pipeline = pipeline;
    }

    @RequestMapping(
            path = "/v1/classify",
            method = {RequestMethod.POST, RequestMethod.PUT},
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Contract(operation = "classify")
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
    ClassifyAnswer classify(
            HttpServletRequest request,
            @Parameter(description = "Name of a model; without it the default one")
                    @RequestParam(required = false)
                    @Nullable String model,
            @Parameter(description = "Version of the model; without it the default one")
                    @RequestParam(required = false)
                    @Nullable String version,
            @Parameter(
                            description = "How many classes to answer",
                            schema =
                                    @Schema(
                                            type = "integer",
                                            minimum = "1",
                                            defaultValue = "" + Ranking.DEFAULT))
                    @RequestParam(name = "top_k", defaultValue = "" + Ranking.DEFAULT)
                    int topK,
            @Parameter(description = "Whether to answer the coding rates of every layer")
                    @RequestParam(name = "coding_rate", defaultValue = "false")
                    boolean rates,
            @Parameter(description = RequestTimeout.MEANING)
                    @RequestHeader(name = RequestTimeout.HEADER, required = false)
                    @Nullable String timeout) {
        RequestContext context = HttpContext.of(request);
        int classes = Ranking.checked(topK);
        Predictor predictor = pipeline.predictor(model, version, context);
        Deadline deadline = pipeline.deadline(RequestTimeout.asked(timeout), context);
        pipeline.admit(predictor, deadline);
        List<Outcome> outcomes =
                pipeline.classify(
                        new Call(predictor, Set.of(), deadline, context),
                        uploads.read(request, deadline));
        ImagePipeline.throwIfFailedAsAWhole(outcomes);
        context.recorder().answered();
        return ClassifyAnswer.of(predictor.model(), outcomes, classes, rates);
    }
}
