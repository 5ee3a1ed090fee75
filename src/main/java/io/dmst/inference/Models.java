package io.dmst.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The models that this process serves, by name and version.
 *
 * <p>A model can be taken out of service and put back; nothing else changes. Safe for use by
 * several threads.
 */
public final class Models implements AutoCloseable {

    private final SequencedMap<String, SequencedMap<String, Predictor>> byName =
            new LinkedHashMap<>();
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();

    /** What {@link #select} found: a {@link Chosen} predictor, or a {@link Failure}. */
    public sealed interface Selection permits Chosen, Failure {}

    /**
     * A model that is served.
     *
     * @param predictor that answers for it
     */
    public record Chosen(Predictor predictor) implements Selection {}

    /**
     * Takes over the predictors and closes them with itself.
     *
     * @param predictors at least one; the first one's name is the default; of several versions of a
     *     name the last one is its default
     * @throws IllegalArgumentException if there is none, or two of one name and version
     */
    public Models(List<? extends Predictor> predictors) {
        if (predictors.isEmpty()) {
            throw new IllegalArgumentException("there is no model to serve");
        }
        for (Predictor predictor : predictors) {
            ServedModel model = predictor.model();
            Predictor other =
                    byName.computeIfAbsent(model.name(), name -> new LinkedHashMap<>())
                            .put(model.version(), predictor);
            if (other != null) {
                throw new IllegalArgumentException(
                        "two models are called %s, version %s"
                                .formatted(model.name(), model.version()));
            }
        }
    }

    /**
     * Finds a model that is in service.
     *
     * @param name or absent for the default
     * @param version or absent for that name's default
     * @return the predictor, or a failure as {@link #find}, or of code {@link
     *     FailureCode#NOT_READY} for a model that was taken out of service
     */
    public Selection select(@Nullable String name, @Nullable String version) {
        return switch (find(name, version)) {
            case Failure failure -> failure;
            case Chosen chosen ->
                    withdrawn.contains(chosen.predictor().model().name())
                            ? new Failure(
                                    FailureCode.NOT_READY,
                                    "the model was unloaded; it must be loaded first")
                            : chosen;
        };
    }

    /**
     * Finds a model, in service or not.
     *
     * @param name or absent for the default
     * @param version or absent for that name's default
     * @return the predictor, or a failure of code {@link FailureCode#UNKNOWN_MODEL}
     */
    public Selection find(@Nullable String name, @Nullable String version) {
        String wanted = name == null ? byName.firstEntry().getKey() : name;
        SequencedMap<String, Predictor> versions = byName.get(wanted);
        if (versions == null) {
            return unknown("no model \"%s\" is served; there is %s", wanted, byName);
        }
        if (version == null) {
            return new Chosen(versions.lastEntry().getValue());
        }
        Predictor predictor = versions.get(version);
        return predictor == null
                ? unknown("that model has no version \"%s\"; there is %s", version, versions)
                : new Chosen(predictor);
    }

    /**
     * Puts all versions of a model into service, or takes them out of it.
     *
     * @return a failure of code {@link FailureCode#UNKNOWN_MODEL}, if there is no such model
     */
    public Optional<Failure> serve(String name, boolean served) {
        if (!byName.containsKey(name)) {
            return Optional.of(unknown("no model \"%s\" is served; there is %s", name, byName));
        }
        if (served) {
            withdrawn.remove(name);
        } else {
            withdrawn.add(name);
        }
        return Optional.empty();
    }

    private static Failure unknown(String form, String wanted, Map<String, ?> known) {
        return new Failure(
                FailureCode.UNKNOWN_MODEL,
                form.formatted(clipped(wanted), String.join(", ", known.keySet())));
    }

    private static String clipped(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    /** Names, the default one first. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** Versions of a model, its default one last; none for an unknown name. */
    public List<String> versions(String name) {
        Map<String, Predictor> versions = byName.get(name);
        return versions == null ? List.of() : List.copyOf(versions.keySet());
    }

    /** Every model of every version. */
    public List<ServedModel> all() {
        return predictors().stream().map(Predictor::model).toList();
    }

    /** Whether a model is in service and would take a request. */
    public boolean ready(ServedModel model) {
        return select(model.name(), model.version()) instanceof Chosen chosen
                && chosen.predictor().ready();
    }

    /** Whether every model that is in service would take a request, and one is. */
    public boolean ready() {
        return !withdrawn.containsAll(byName.keySet())
                && predictors().stream()
                        .filter(predictor -> !withdrawn.contains(predictor.model().name()))
                        .allMatch(Predictor::ready);
    }

    private List<Predictor> predictors() {
        List<Predictor> predictors = new ArrayList<>();
        byName.values().forEach(versions -> predictors.addAll(versions.values()));
        return predictors;
    }

    /** Closes every predictor, all at a time, so that none takes requests while another drains. */
    @Override
    public void close() {
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            predictors().forEach(predictor -> each.execute(predictor::close));
        }
    }
}
