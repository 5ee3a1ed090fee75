package io.dmst.rest;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.Outcome;
import io.dmst.inference.Predictor;
import io.dmst.pipeline.Call;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.ExplainCall;
import io.dmst.pipeline.Explaining;
import io.dmst.pipeline.Pipeline;
import io.dmst.pipeline.Ranking;
import io.dmst.pipeline.Upload;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** KServe's protocol V1, with its explanations. */
@RestController
@Tag(name = "kserve v1")
class KserveController {

    private final ImageUploads uploads;
    private final Pipeline pipeline;
    private final Explaining explaining;

    KserveController(ImageUploads uploads, Pipeline pipeline, Explaining explaining) {
        this.uploads = uploads;
        this.pipeline = pipeline;
        this.explaining = explaining;
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
    ResponseEntity<Object> predict(
            HttpServletRequest request,
            @Parameter(description = "Name of the model") @PathVariable String model) {
        return answer(
                request,
                model,
                (predictor, deadline, files) -> {
                    Exchange exchange = Exchanges.of(request);
                    Call call = new Call(predictor, Set.of(), deadline, exchange);
                    List<Outcome> outcomes = pipeline.files(call, files);
                    return Pipeline.failedAsAWhole(outcomes)
                            .<Checked<Object>>map(Checked.Refused::new)
                            .orElseGet(() ->
                                    Checked.accepted(
                                            new Predictions(
                                                    outcomes.stream()
                                                            .map(outcome ->
                                                                    ClassifyAnswer.result(
                                                                            predictor.model(),
                                                                            outcome,
                                                                            Ranking.DEFAULT,
                                                                            false))
                                                            .toList())));
                });
    }

    @PostMapping(path = "/v1/models/{model}:explain", produces = MediaType.APPLICATION_JSON_VALUE)
    @Contract(operation = "explain")
    @Operation(summary = "Explanations, as KServe's protocol V1 has them")
    @ExplainParameters
    @ApiResponse(
            responseCode = "200",
            description = "Explanations",
            content = @Content(schema = @Schema(implementation = Explanations.class)))
    ResponseEntity<Object> explain(
            HttpServletRequest request,
            @Parameter(description = "Name of the model") @PathVariable String model) {
        Checked<ExplainQuery> query = ExplainQuery.of(request);
        return answer(
                request,
                model,
                (predictor, deadline, files) ->
                        query.then(asked ->
                                asked.options()
                                        .of(predictor)
                                        .then(wanted ->
                                                explanations(
                                                        asked,
                                                        new ExplainCall(
                                                                predictor,
                                                                wanted,
                                                                deadline,
                                                                Exchanges.of(request)),
                                                        files))));
    }

    private Checked<Object> explanations(
            ExplainQuery query, ExplainCall call, List<Checked<Upload>> files) {
        List<Checked<ExplainAnswer>> answers =
                files.stream()
                        .map(file ->
                                explaining.explain(
                                        call,
                                        file,
                                        0,
                                        explained ->
                                                ExplainAnswer.of(
                                                        explained, query.topK(), query.maps())))
                        .toList();
        if (answers.size() == 1
                && answers.getFirst() instanceof Checked.Refused<ExplainAnswer>(Failure failure)) {
            return new Checked.Refused<>(failure);
        }
        return Checked.accepted(
                new Explanations(answers.stream().map(KserveController::entry).toList()));
    }

    private static Object entry(Checked<ExplainAnswer> answer) {
        return switch (answer) {
            case Checked.Accepted<ExplainAnswer>(ExplainAnswer found) -> found;
            case Checked.Refused<ExplainAnswer>(Failure failure) ->
                    ClassifyAnswer.Result.failed(failure);
        };
    }

    /** Answers instances once they are read. */
    private interface Answering {
        Checked<Object> of(Predictor predictor, Deadline deadline, List<Checked<Upload>> files);
    }

    private ResponseEntity<Object> answer(
            HttpServletRequest request, String model, Answering answering) {
        Exchange exchange = Exchanges.of(request);
        Checked<Object> answer =
                RequestTimeout.asked(request.getHeader(RequestTimeout.HEADER))
                        .then(time -> {
                            Deadline deadline = pipeline.deadline(time.orElse(null), exchange);
                            return pipeline.predictor(model, null, exchange)
                                    .then(p -> pipeline.admitting(p, deadline))
                                    .then(predictor ->
                                            uploads.instances(request, exchange)
                                                    .then(files ->
                                                            answering.of(
                                                                    predictor, deadline, files)));
                        });
        return switch (answer) {
            case Checked.Refused<Object>(Failure failure) -> Problems.answer(failure, exchange);
            case Checked.Accepted<Object>(Object body) -> {
                exchange.answered();
                yield ResponseEntity.ok().body(body);
            }
        };
    }
}
