package io.dmst.grpc;

import dmst.v1.Classification;
import dmst.v1.Error;
import dmst.v1.GetModelResponse;
import dmst.v1.ListModelsResponse;
import dmst.v1.ModelEntry;
import dmst.v1.ModelIdentity;
import dmst.v1.Prediction;
import dmst.v1.Result;
import io.dmst.inference.Failure;
import io.dmst.inference.Models;
import io.dmst.inference.Outcome;
import io.dmst.inference.ServedModel;
import io.dmst.pipeline.Ranking;
import java.time.Duration;
import java.util.List;

/** Messages of {@code dmst.v1} made of what they tell of. */
final class VisionMessages {

    private VisionMessages() {}

    static ModelIdentity identity(ServedModel model) {
        return ModelIdentity.newBuilder()
                .setName(model.name())
                .setVersion(model.version())
                .setDigest(model.digest())
                .build();
    }

    static Result result(ServedModel model, Outcome outcome, int topK) {
        return switch (outcome) {
            case Failure failure -> Result.newBuilder().setError(error(failure)).build();
            case io.dmst.inference.Prediction prediction ->
                    Result.newBuilder()
                            .setClassification(
                                    classification(model, prediction.probabilities(), topK))
                            .build();
        };
    }

    static Classification classification(ServedModel model, float[] probabilities, int topK) {
        Classification.Builder classification = Classification.newBuilder();
        for (int index : Ranking.of(probabilities, topK)) {
            classification.addPredictions(
                    Prediction.newBuilder()
                            .setLabel(model.labels().get(index))
                            .setIndex(index)
                            .setProbability(probabilities[index]));
        }
        return classification.build();
    }

    static Error error(Failure failure) {
        Error.Builder error =
                Error.newBuilder().setCode(failure.code().name()).setDetail(failure.detail());
        failure.tryAgain().ifPresent(delay -> error.setRetryAfter(seconds(delay)));
        return error.build();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    static ListModelsResponse models(Models models) {
        List<String> names = models.names();
        ListModelsResponse.Builder response = ListModelsResponse.newBuilder();
        for (String name : names) {
            response.addModels(
                    ModelEntry.newBuilder()
                            .setName(name)
                            .addAllVersions(models.versions(name))
                            .setIsDefault(name.equals(names.getFirst())));
        }
        return response.build();
    }

    static GetModelResponse model(ServedModel model, List<String> versions) {
        GetModelResponse.Builder response =
                GetModelResponse.newBuilder()
                        .setModel(identity(model))
                        .addAllVersions(versions)
                        .setImageHeight(model.imageHeight())
                        .setImageWidth(model.imageWidth())
                        .addAllClasses(model.labels())
                        .setConfigJson(model.settingsJson())
                        .setCardFactsJson(model.factsJson())
                        .setCardText(model.description());
        model.accuracy().ifPresent(response::setAccuracy);
        return response.build();
    }
}
