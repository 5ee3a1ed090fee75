package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.core.typicality.Reference;
import io.dmst.serve.predict.ServedModel;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an image's layers are compared with, as {@code /v1/models/{m}} tells it.
 *
 * @param data the images, in words
 * @param images how many mean and covariance are of
 * @param heldOut how many others typicality is counted among
 * @param codingRate R_c^var of the layers
 * @param entropy of the layers
 */
@Schema(name = "Reference", description = "What the layers say of the model's data")
record ReferenceAnswer(
        @Schema(description = "The images, in words") String data,
        @Schema(description = "How many mean and covariance are of") long images,
        @Schema(description = "How many others typicality is counted among")
                @JsonProperty("held_out")
                int heldOut,
        @JsonProperty("coding_rate") Rates codingRate,
        Entropies entropy) {

    private static final String NAT = "nat";
    private static final String QUANTILES =
            "By share of the images, such as `0.05`: of every layer, the value that so many are"
                    + " below";

    /** Quantiles of rates. */
    @Schema(name = "ReferenceRates", description = "R_c^var of the layers")
    record Rates(
            @Schema(description = "Allowed squared error per token")
                    @JsonProperty("epsilon_squared")
                    double epsilonSquared,
            @Schema(description = "`nat`") String unit,
            @Schema(description = QUANTILES) Map<String, double[]> quantiles) {}

    /** Quantiles of entropies. */
    @Schema(
            name = "ReferenceEntropies",
            description = "Mean entropy of a token's membership in the layers")
    record Entropies(
            @Schema(description = "`nat`") String unit,
            @Schema(description = QUANTILES) Map<String, double[]> quantiles) {}

    static @Nullable ReferenceAnswer of(ServedModel model) {
        Reference reference = model.reference();
        if (reference == null) {
            return null;
        }
        double[] levels = reference.quantiles().levels();
        return new ReferenceAnswer(
                reference.origin().data(),
                reference.images(),
                reference.distances().length,
                new Rates(model.epsilonSquared(), NAT, byLevel(levels, reference::codingRates)),
                new Entropies(NAT, byLevel(levels, reference::entropies)));
    }

    private static Map<String, double[]> byLevel(double[] levels, IntFunction<double[]> values) {
        Map<String, double[]> byLevel = new LinkedHashMap<>();
        for (int level = 0; level < levels.length; level++) {
            byLevel.put(Double.toString(levels[level]), values.apply(level));
        }
        return byLevel;
    }
}
