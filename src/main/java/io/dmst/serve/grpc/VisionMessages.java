package io.dmst.serve.grpc;

import dmst.v1.Classification;
import dmst.v1.CodingRate;
import dmst.v1.Error;
import dmst.v1.GetModelResponse;
import dmst.v1.ListModelsResponse;
import dmst.v1.ModelEntry;
import dmst.v1.ModelIdentity;
import dmst.v1.Prediction;
import dmst.v1.Quantile;
import dmst.v1.Result;
import io.dmst.core.typicality.Reference;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.LayerStatistics;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.Outcome;
import io.dmst.serve.predict.Ranking;
import io.dmst.serve.predict.ServedModel;
import java.time.Duration;
import java.util.Arrays;
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

    /**
     * What became of one image.
     *
     * @param rates whether it has its coding rates
     */
    static Result result(ServedModel model, Outcome outcome, int topK, boolean rates) {
        return switch (outcome) {
            case Failure failure -> Result.newBuilder().setError(error(failure)).build();
            case io.dmst.serve.predict.Prediction prediction -> {
                Classification.Builder classification =
                        classification(model, prediction, topK).toBuilder();
                LayerStatistics layers = prediction.layers();
                if (rates && layers != null) {
                    classification.setCodingRate(rates(model, layers));
                }
                yield Result.newBuilder().setClassification(classification).build();
            }
        };
    }

    static Classification classification(
            ServedModel model, io.dmst.serve.predict.Prediction prediction, int topK) {
        Classification.Builder classification = Classification.newBuilder();
        float[] probabilities = prediction.probabilities();
        for (int index : Ranking.of(probabilities, topK)) {
            classification.addPredictions(
                    Prediction.newBuilder()
                            .setLabel(model.labels().get(index))
                            .setIndex(index)
                            .setProbability(probabilities[index]));
        }
        Double typicality = prediction.typicality();
        if (typicality != null) {
            classification.setTypicality(typicality);
        }
        return classification.build();
    }

    private static CodingRate rates(ServedModel model, LayerStatistics layers) {
        CodingRate.Builder rates =
                CodingRate.newBuilder()
                        .setEpsilonSquared(model.epsilonSquared())
                        .setBound(model.codingRateBound());
        for (float rate : layers.codingRate()) {
            rates.addCompression(rate);
        }
        return rates.build();
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
        Reference reference = model.reference();
        if (reference != null) {
            response.setReference(reference(model, reference));
        }
        return response.build();
    }

    private static List<Double> listOf(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static dmst.v1.Reference reference(ServedModel model, Reference reference) {
        dmst.v1.Reference.Builder message =
                dmst.v1.Reference.newBuilder()
                        .setData(reference.origin().data())
                        .setImages(reference.images())
                        .setHeldOut(reference.distances().length)
                        .setEpsilonSquared(model.epsilonSquared());
        double[] levels = reference.quantiles().levels();
        for (int level = 0; level < levels.length; level++) {
            message.addQuantiles(
                    Quantile.newBuilder()
                            .setLevel(levels[level])
                            .addAllCodingRate(listOf(reference.codingRates(level)))
                            .addAllEntropy(listOf(reference.entropies(level))));
        }
        return message.build();
    }
}
