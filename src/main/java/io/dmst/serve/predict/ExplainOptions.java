package io.dmst.serve.predict;

import io.dmst.core.explain.Wanted;
import io.dmst.core.explain.picture.PictureKind;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of an explanation as a client writes them.
 *
 * @param layers {@code all}, {@code last} or numbers
 * @param groups as the layers
 * @param epsilonSquared allowed squared error per token
 * @param rates {@code all} or {@code variational}
 * @param className label or number of a class, or {@code predicted}; absent as the latter
 */
public record ExplainOptions(
        String layers,
        String groups,
        double epsilonSquared,
        String rates,
        @Nullable String className) {

    /** Name of the parameter of the class in every protocol that has names. */
    public static final String CLASS = "class";

    private static final String PREDICTED = "predicted";

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

    /**
     * The picture of a name.
     *
     * @throws FailureException of {@link FailureCode#INVALID_ARGUMENT}
     */
    public static PictureKind picture(String word) {
        return PictureKind.named(word)
                .orElseThrow(() -> invalid("picture must be one of " + PictureKind.words()));
    }

    /**
     * Checks that a picture can be made of a model's explanation.
     *
     * @throws FailureException of {@link FailureCode#INVALID_ARGUMENT}
     */
    public static void checkPicture(PictureKind picture, ServedModel model) {
        if (picture.needsContributions() && !model.hasContributions()) {
            throw invalid(
                    "picture=%s needs a model with the membership head; this one has class attention"
                            .formatted(picture.word()));
        }
        if (picture.needsMemberships() && !model.hasMemberships()) {
            throw invalid(
                    "picture=%s needs memberships, which softmax attention does not have"
                            .formatted(picture.word()));
        }
    }

    /**
     * The part of the explanation of a model.
     *
     * @throws FailureException of {@link FailureCode#INVALID_ARGUMENT}, which names what the model
     *     has
     */
    public Wanted of(ServedModel model) {
        boolean exact = rates.equals(Rates.ALL.word());
        if (!exact && !rates.equals(Rates.VARIATIONAL.word())) {
            throw invalid("rates must be all or variational");
        }
        Wanted wanted;
        try {
            wanted = Wanted.of(model.config(), layers, groups, epsilonSquared);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
        Wanted rated = exact ? wanted : wanted.withoutExactRates();
        return className == null
                ? rated
                : classIndex(model, className).map(rated::withClass).orElse(rated);
    }

    /**
     * The class that contributions are asked for.
     *
     * @param text a label; else a number from 0; else {@code predicted}
     * @return empty for the predicted class
     * @throws FailureException of {@link FailureCode#INVALID_ARGUMENT}, which names what the model
     *     has
     */
    public static Optional<Integer> classIndex(ServedModel model, String text) {
        if (!model.hasContributions()) {
            throw invalid(
                    "class asks for the parts of a class's score, which models with the membership"
                            + " head have; %s has class attention: leave class out"
                                    .formatted(model.name()));
        }
        Optional<Integer> index = model.classNamed(text);
        if (index.isEmpty() && !text.equals(PREDICTED)) {
            throw invalid(
                    "class must be predicted or a class of the model, by its label or its number"
                            + " from 0: %s; not \"%s\""
                                    .formatted(
                                            model.listedClasses(),
                                            text.length() <= 80 ? text : "…"));
        }
        return index;
    }

    private static FailureException invalid(String detail) {
        return new FailureException(FailureCode.INVALID_ARGUMENT, detail);
    }
}
