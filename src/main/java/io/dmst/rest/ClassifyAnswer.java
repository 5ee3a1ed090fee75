package io.dmst.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.dmst.inference.ServedModel;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
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

    /** Classes that are answered unless a request wants another number. */
    static final int TOP_K = 5;

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
            @Nullable Error error) {}

    /** One class. */
    @Schema(name = "Prediction", description = "One class and how probable it is")
    record Ranked(
            String label,
            @Schema(description = "Place of the class in the model's outputs, from 0") int index,
            @Schema(description = "In [0, 1]; over all classes they sum to one")
                    float probability) {

        static List<Ranked> of(ServedModel model, Prediction prediction, int topK) {
            float[] probabilities = prediction.probabilities();
            return IntStream.range(0, probabilities.length)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(i -> probabilities[i]).reversed())
                    .limit(topK)
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

    static ClassifyAnswer of(ServedModel model, List<Outcome> outcomes, int topK) {
        return new ClassifyAnswer(
                Model.of(model),
                outcomes.stream().map(outcome -> result(model, outcome, topK)).toList());
    }

    /** An image's part of an answer. */
    static Result result(ServedModel model, Outcome outcome, int topK) {
        return switch (outcome) {
            case Failure failure -> new Result(null, Error.of(failure));
            case Prediction prediction -> new Result(Ranked.of(model, prediction, topK), null);
        };
    }
}
