package io.dmst.pipeline;

import io.dmst.inference.FailureCode;
import io.dmst.inference.ServedModel;
import java.util.Optional;

/** The class that contributions are asked for, as a caller names it. */
public final class AskedClass {

    /** Name of the parameter in every protocol that has names. */
    public static final String PARAMETER = "class";

    private static final String PREDICTED = "predicted";

    private AskedClass() {}

    /**
     * The class of a text.
     *
     * @param text a label; else a number from 0; else {@code predicted}
     * @return empty for the predicted class; a failure that says what the model has
     */
    public static Checked<Optional<Integer>> of(ServedModel model, String text) {
        if (!model.hasContributions()) {
            return Checked.refused(
                    FailureCode.INVALID_ARGUMENT,
                    "class asks what a class's score is made of, which models with the membership"
                            + " head can say; %s has class attention: leave class out"
                                    .formatted(model.name()));
        }
        Optional<Integer> index = model.classNamed(text);
        return index.isPresent() || text.equals(PREDICTED)
                ? Checked.accepted(index)
                : Checked.refused(
                        FailureCode.INVALID_ARGUMENT,
                        "class must be predicted or a class of the model, by its label or its number"
                                + " from 0: %s; not \"%s\""
                                        .formatted(
                                                model.listedClasses(),
                                                text.length() <= 80 ? text : "…"));
    }
}
