package io.dmst.serve.http;

import io.dmst.core.explain.Wanted;
import io.dmst.serve.predict.Call;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.ExplainCall;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.Ranking;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.Upload;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** KServe's protocol V1, with its explanations. */
@RestController
@Tag(name = "kserve v1")
class KserveController {

    private final ImageUploads uploads;
    private final ImagePipeline pipeline;

    KserveController(ImageUploads uploads, ImagePipeline pipeline) {
        this.uploads = uploads;
        this.pipeline = pipeline;
    }

    /**
     * What {@code :predict} answers.
     *
     * @param predictions each in its instance's place
     */
    @Schema(name = "KservePredictions", description = "One result for each instance, in its place")
    record Predictions(List<ClassifyAnswer.Result> predictions) {}

    /**
     * What {@code :explain} answers.
     *
     * @param explanations each in its instance's place
     */
    @Schema(
            name = "KserveExplanations",
            description = "One explanation, or an error, for each instance, in its place")
    record Explanations(
            @Schema(oneOf = {ExplainAnswer.class, ClassifyAnswer.Result.class})
                    List<Object> explanations) {}

    @PostMapping(path = "/v1/models/{model}:predict", produces = MediaType.APPLICATION_JSON_VALUE)
    @Contract(operation = "predict")
    @Operation(summary = "Predictions, as KServe's protocol V1 has them")
    @ApiResponse(
            responseCode = "200",
            description = "Predictions",
            content = @Content(schema = @Schema(implementation = Predictions.class)))
    Predictions predict(
            HttpServletRequest request,
            @Parameter(description = "Name of the model") @PathVariable String model) {
        RequestContext context = HttpContext.of(request);
        Predictor predictor = pipeline.predictor(model, null, context);
        Deadline deadline = deadline(request, context);
        pipeline.admit(predictor, deadline);
        List<Outcome> outcomes =
                pipeline.classify(
                        new Call(predictor, Set.of(), deadline, context),
                        uploads.instances(request, deadline));
        ImagePipeline.throwIfFailedAsAWhole(outcomes);
        context.recorder().answered();
        return new Predictions(
                outcomes.stream()
                        .map(outcome ->
                                ClassifyAnswer.result(
                                        predictor.model(), outcome, Ranking.DEFAULT, false))
                        .toList());
    }

    private Deadline deadline(HttpServletRequest request, RequestContext context) {
        return pipeline.deadline(
                RequestTimeout.asked(request.getHeader(RequestTimeout.HEADER)), context);
    }

    @PostMapping(path = "/v1/models/{model}:explain", produces = MediaType.APPLICATION_JSON_VALUE)
    @Contract(operation = "explain")
    @Operation(summary = "Explanations, as KServe's protocol V1 has them")
    @ExplainParameters
    @ApiResponse(
            responseCode = "200",
            description = "Explanations",
            content = @Content(schema = @Schema(implementation = Explanations.class)))
    Explanations explain(
            HttpServletRequest request,
            @Parameter(description = "Name of the model") @PathVariable String model) {
        RequestContext context = HttpContext.of(request);
        ExplainQuery query = ExplainQuery.of(request);
        Predictor predictor = pipeline.predictor(model, null, context);
        Deadline deadline = pipeline.deadline(query.time(), context);
        Wanted wanted = query.options().of(predictor.model());
        pipeline.admit(predictor, deadline);
        List<Upload> images = uploads.instances(request, deadline);
        ExplainCall call = new ExplainCall(predictor, wanted, deadline, context);
        List<Object> answers = new ArrayList<>();
        for (Upload image : images) {
            try {
                answers.add(
                        pipeline.explain(
                                call,
                                image,
                                0,
                                explained ->
                                        ExplainAnswer.of(explained, query.topK(), query.maps())));
            } catch (FailureException e) {
                if (images.size() == 1) {
                    throw e;
                }
                answers.add(ClassifyAnswer.Result.failed(e.failure()));
            }
        }
        context.recorder().answered();
        return new Explanations(answers);
    }
}
