package io.dmst.inference;

import java.util.List;
import java.util.SequencedMap;

/**
 * Where models lie that can be loaded and unloaded while the process runs. Not for several threads
 * at a time.
 */
public interface ModelShelf {

    /** What {@link #open} came to: {@link Opened} predictors, or a {@link Failure}. */
    sealed interface Opening permits Opened, Failure {}

    /**
     * Every version of a model.
     *
     * @param predictors the default one last; at least one
     */
    record Opened(List<Predictor> predictors) implements Opening {

        public Opened {
            predictors = List.copyOf(predictors);
        }
    }

    /** The versions that lie there now by name, the default one last; what is no model is not. */
    SequencedMap<String, List<String>> lying();

    /**
     * Opens every version of a model that lies there now; each has passed its check.
     *
     * @param loaded predictors of that name; one whose files are still the same is in the answer as
     *     it is, the others are the caller's to close
     * @return a failure of code {@link FailureCode#UNKNOWN_MODEL} if none lies there, or of another
     *     one if one of them cannot be served; nothing is left open then
     */
    Opening open(String name, List<Predictor> loaded);
}
