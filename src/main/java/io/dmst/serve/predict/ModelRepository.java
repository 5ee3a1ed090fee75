package io.dmst.serve.predict;

import java.util.List;
import java.util.SequencedMap;

/**
 * A place from which models can be loaded while the process runs. Not for several threads at a
 * time.
 */
public interface ModelRepository {

    /** The available versions by name, the default one last; broken models are left out. */
    SequencedMap<String, List<String>> available();

    /**
     * Opens every available version of a model; each has passed its check.
     *
     * @param loaded predictors of that name; one whose files are unchanged is in the result as it
     *     is, the others are the caller's to close
     * @return at least one predictor, the default version last
     * @throws FailureException of {@link FailureCode#UNKNOWN_MODEL} if there is none, or of another
     *     code if one of them cannot be served; nothing is left open then
     */
    List<Predictor> open(String name, List<Predictor> loaded);
}
