package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.LayerStatistics;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Prediction;
import io.dmst.serve.predict.Ranking;
import io.dmst.serve.predict.ServedModel;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /v1/classify} answers.
 *
 * @param model that answered
 * @param results each in its image's place
 */
@Schema(name = "Classification", description = "What is in the images")
record ClassifyAnswer(
        Model model,
        @Schema(description = "One for each image of the request, in its place")
                List<Result> results) {

    static final String TYPICALITY =
            "How usual the layers' rates, entropies and usages are for this model, in [0, 1];"
                    + " where the model has a reference";

    /** Which model answered. */
    @Schema(name = "ModelIdentity", description = "Which model answered")
    record Model(
            String name,
            String version,
            @Schema(description = "`sha256:…` of its configuration and weights") String digest) {

        static Model of(ServedModel model) {
            return new Model(model.name(), model.version(), model.digest());
        }
    }

    /** Either predictions or an error. */
    @Schema(name = "Result", description = "Predictions, or the error of this image alone")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            @Schema(description = "The most probable classes, the first one foremost")
                    @Nullable List<Ranked> predictions,
            @Schema(description = TYPICALITY) @Nullable Double typicality,
            @JsonProperty("coding_rate")
                    @Schema(description = "Where it was asked for and attention has memberships")
                    @Nullable Rates codingRate,
            @Nullable Error error) {

        static Result failed(Failure failure) {
            return new Result(null, null, null, Error.of(failure));
        }
    }

    /** Coding rates of every layer. */
    @Schema(name = "CodingRate", description = "Coding rates of every layer")
    record Rates(
            @JsonProperty("epsilon_squared")
                    @Schema(description = "Allowed squared error per token")
                    double epsilonSquared,
            @Schema(description = "Of all rates: natural logarithms") String unit,
            @Schema(
                            description =
                                    "R_c^var of every layer: from the second moments of its"
                                            + " projected tokens, scaled to a mean squared norm of"
                                            + " 1")
                    float[] compression,
            @Schema(description = "Largest possible rate of a layer") double bound) {

        static @Nullable Rates of(ServedModel model, Prediction prediction) {
            LayerStatistics layers = prediction.layers();
            return layers == null
                    ? null
                    : new Rates(
                            model.epsilonSquared(),
                            "nat",
                            layers.codingRate(),
                            model.codingRateBound());
        }
    }

    /** One class. */
    @Schema(name = "Prediction", description = "One class and how probable it is")
    record Ranked(
            String label,
            @Schema(description = "Place of the class in the model's outputs, from 0") int index,
            @Schema(description = "In [0, 1]; over all classes they sum to one")
                    float probability) {

        static List<Ranked> of(ServedModel model, Prediction prediction, int topK) {
            float[] probabilities = prediction.probabilities();
            return Ranking.of(probabilities, topK).stream()
                    .map(i -> new Ranked(model.labels().get(i), i, probabilities[i]))
                    .toList();
        }
    }

    /** Why one image of several has no prediction. */
    @Schema(name = "ImageError", description = "Why an image has no predictions")
    record Error(FailureCode code, String detail) {

        static Error of(Failure failure) {
            return new Error(failure.code(), failure.detail());
        }
    }

    /**
     * The answer to a request.
     *
     * @param rates whether each result has its coding rates
     */
    static ClassifyAnswer of(ServedModel model, List<Outcome> outcomes, int topK, boolean rates) {
        return new ClassifyAnswer(
                Model.of(model),
                outcomes.stream().map(outcome -> result(model, outcome, topK, rates)).toList());
    }

    /** An image's part of an answer. */
    static Result result(ServedModel model, Outcome outcome, int topK, boolean rates) {
        return switch (outcome) {
            case Failure failure -> Result.failed(failure);
            case Prediction prediction ->
                    new Result(
                            Ranked.of(model, prediction, topK),
                            prediction.typicality(),
                            rates ? Rates.of(model, prediction) : null,
                            null);
        };
    }
}
