package io.dmst.pipeline;

import io.dmst.explain.Picture;
import io.dmst.explain.Wanted;
import io.dmst.inference.Deadline;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Predictor;
import io.dmst.inference.ServedModel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one request wants to have explained, and of which model.
 *
 * @param predictor that answers
 * @param wanted part of the explanation, checked against the model
 * @param deadline after which nobody waits
 * @param exchange to note in where the time went
 */
public record ExplainCall(
        Predictor predictor, Wanted wanted, Deadline deadline, Exchange exchange) {

    /** Which rates are wanted. */
    public enum Rates {
        /** R, R_c, R_c^var and the bound. */
        ALL,
        /** R_c^var and the bound, which cost next to nothing. */
        VARIATIONAL;

        /** Its name in requests. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The picture that a caller names. */
    public static Checked<Picture> picture(String word) {
        return Picture.named(word)
                .map(Checked::accepted)
                .orElseGet(() ->
                        Checked.refused(
                                FailureCode.INVALID_ARGUMENT,
                                "picture must be one of " + Picture.words()));
    }

    /** The part of an explanation that is wanted, if a picture can be made of this model's. */
    public static Checked<Wanted> shown(Picture picture, Wanted wanted, Predictor predictor) {
        if (picture.needsContributions() && !predictor.model().hasContributions()) {
            return Checked.refused(
                    FailureCode.INVALID_ARGUMENT,
                    "picture=%s needs a model with the membership head; this one has class attention"
                            .formatted(picture.word()));
        }
        return picture.needsMemberships() && !predictor.model().hasMemberships()
                ? Checked.refused(
                        FailureCode.INVALID_ARGUMENT,
                        "picture=%s needs memberships, which softmax attention has not"
                                .formatted(picture.word()))
                : Checked.accepted(wanted);
    }

    /**
     * What a caller has written.
     *
     * @param layers {@code all}, {@code last} or numbers
     * @param groups as the layers
     * @param epsilonSquared allowed squared error per token
     * @param rates {@code all} or {@code variational}
     * @param className label or number of a class, or {@code predicted}; absent as the latter
     */
    public record Options(
            String layers,
            String groups,
            double epsilonSquared,
            String rates,
            @Nullable String className) {

        /** The part of the explanation, or a failure that says what the model has. */
        public Checked<Wanted> of(Predictor predictor) {
            boolean exact = rates.equals(Rates.ALL.word());
            if (!exact && !rates.equals(Rates.VARIATIONAL.word())) {
                return Checked.refused(
                        FailureCode.INVALID_ARGUMENT, "rates must be all or variational");
            }
            try {
                Wanted wanted =
                        Wanted.of(predictor.model().config(), layers, groups, epsilonSquared);
                return about(predictor.model(), exact ? wanted : wanted.withoutExactRates());
            } catch (IllegalArgumentException e) {
                return Checked.refused(
                        FailureCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
            }
        }

        private Checked<Wanted> about(ServedModel model, Wanted wanted) {
            return className == null
                    ? Checked.accepted(wanted)
                    : AskedClass.of(model, className)
                            .then(found ->
                                    Checked.accepted(found.map(wanted::withClass).orElse(wanted)));
        }
    }
}
