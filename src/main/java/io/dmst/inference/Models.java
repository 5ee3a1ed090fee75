package io.dmst.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The models that this process serves, by name and version.
 *
 * <p>A model can be taken out of service and put back. Those of a {@link ModelShelf} are closed and
 * opened with it, from what lies there then: new versions come, those that are gone go, and what is
 * the same serves on. Requests that were taken are answered in either case. Safe for use by several
 * threads.
 */
public final class Models implements AutoCloseable {

    private final @Nullable ModelShelf shelf;
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile SequencedMap<String, SequencedMap<String, Predictor>> byName;
    private volatile boolean closed;

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
        this(null, predictors);
    }

    /**
     * As the other one, with models that can be loaded later.
     *
     * @param shelf from which the predictors are
     */
    public Models(@Nullable ModelShelf shelf, List<? extends Predictor> predictors) {
        if (predictors.isEmpty()) {
            throw new IllegalArgumentException("there is no model to serve");
        }
        this.shelf = shelf;
        SequencedMap<String, SequencedMap<String, Predictor>> all = new LinkedHashMap<>();
        for (Predictor predictor : predictors) {
            ServedModel model = predictor.model();
            Predictor other =
                    all.computeIfAbsent(model.name(), name -> new LinkedHashMap<>())
                            .put(model.version(), predictor);
            if (other != null) {
                throw new IllegalArgumentException(
                        "two models are called %s, version %s"
                                .formatted(model.name(), model.version()));
            }
        }
        byName = all;
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
                    withdrawn.contains(chosen.predictor().model().name()) ? unloaded() : chosen;
        };
    }

    private static Failure unloaded() {
        return new Failure(
                FailureCode.NOT_READY, "the model was unloaded; it must be loaded first");
    }

    /**
     * Finds a model that is in memory.
     *
     * @param name or absent for the default
     * @param version or absent for that name's default
     * @return the predictor, or a failure of code {@link FailureCode#UNKNOWN_MODEL}, or of code
     *     {@link FailureCode#NOT_READY} for one that was there and left the memory
     */
    public Selection find(@Nullable String name, @Nullable String version) {
        SequencedMap<String, SequencedMap<String, Predictor>> now = byName;
        if (name == null && now.isEmpty()) {
            return unloaded();
        }
        String wanted = name == null ? now.firstEntry().getKey() : name;
        SequencedMap<String, Predictor> versions = now.get(wanted);
        if (versions == null) {
            return withdrawn.contains(wanted)
                    ? unloaded()
                    : unknown("no model \"%s\" is served; there is %s", wanted, now);
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
     * Puts all versions of a model into service, or takes them out of it; returns when it is done.
     *
     * @return a failure of code {@link FailureCode#UNKNOWN_MODEL}, if there is no such model, or
     *     why it cannot be loaded; what served before serves on then
     */
    public synchronized Optional<Failure> serve(String name, boolean served) {
        boolean known = byName.containsKey(name);
        if (closed) {
            return Optional.of(new Failure(FailureCode.NOT_READY, "the service is stopping"));
        }
        if (shelf != null && served) {
            return load(shelf, name);
        }
        if (!known && !withdrawn.contains(name)) {
            return Optional.of(unknown("no model \"%s\" is served; there is %s", name, byName));
        }
        if (served) {
            withdrawn.remove(name);
        } else {
            withdrawn.add(name);
            if (shelf != null) {
                put(name, List.of());
            }
        }
        return Optional.empty();
    }

    private Optional<Failure> load(ModelShelf from, String name) {
        return switch (opened(from, name)) {
            case Failure failure -> Optional.of(failure);
            case ModelShelf.Opened(List<Predictor> predictors) -> {
                put(name, predictors);
                withdrawn.remove(name);
                yield Optional.empty();
            }
        };
    }

    /**
     * Opens a model in a thread of the system: it computes in native code for a while, in which a
     * virtual thread, such as a request's, keeps its carrier, and with one processor no other
     * request would be read meanwhile.
     */
    private ModelShelf.Opening opened(ModelShelf from, String name) {
        try {
            return CompletableFuture.supplyAsync(
                            () -> from.open(name, predictors(name)),
                            task -> Thread.ofPlatform().name("model-load").start(task))
                    .join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException ours -> throw ours;
                case Error grave -> throw grave;
                case null, default -> throw e;
            }
        }
    }

    private List<Predictor> predictors(String name) {
        Map<String, Predictor> versions = byName.get(name);
        return versions == null ? List.of() : List.copyOf(versions.values());
    }

    /**
     * Newcomers meet the new predictors from now on; those that are left out answer what they have.
     */
    private void put(String name, List<Predictor> predictors) {
        List<Predictor> former = new ArrayList<>(predictors(name));
        former.removeAll(predictors);
        SequencedMap<String, SequencedMap<String, Predictor>> now =
                shelf == null ? new LinkedHashMap<>(byName) : new TreeMap<>(byName);
        if (predictors.isEmpty()) {
            now.remove(name);
        } else {
            SequencedMap<String, Predictor> versions = new LinkedHashMap<>();
            predictors.forEach(predictor -> versions.put(predictor.model().version(), predictor));
            now.put(name, versions);
        }
        byName = now;
        closeAll(closed ? predictors() : former);
        listeners.forEach(Runnable::run);
    }

    /** What is run whenever models have come or gone. */
    void whenChanged(Runnable listener) {
        listeners.add(listener);
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

    /** Every model of every version that is in memory. */
    public List<ServedModel> all() {
        return predictors().stream().map(Predictor::model).toList();
    }

    /** Versions by name that can be loaded and are not in memory. */
    public SequencedMap<String, List<String>> idle() {
        SequencedMap<String, List<String>> idle = new LinkedHashMap<>();
        if (shelf != null) {
            shelf.lying()
                    .forEach((name, versions) -> {
                        List<String> others = new ArrayList<>(versions);
                        others.removeAll(versions(name));
                        if (!others.isEmpty()) {
                            idle.put(name, others);
                        }
                    });
        }
        return idle;
    }

    /** The model that is meant whatever is asked for: where one alone is in memory, in service. */
    public Optional<Predictor> only() {
        SequencedMap<String, SequencedMap<String, Predictor>> now = byName;
        if (now.size() != 1 || now.firstEntry().getValue().size() != 1) {
            return Optional.empty();
        }
        return withdrawn.contains(now.firstEntry().getKey())
                ? Optional.empty()
                : Optional.of(now.firstEntry().getValue().firstEntry().getValue());
    }

    /** Whether a model is in service and would take a request. */
    public boolean ready(ServedModel model) {
        return select(model.name(), model.version()) instanceof Chosen chosen
                && chosen.predictor().ready();
    }

    /** Whether every model that is in service would take a request, and one is. */
    public boolean ready() {
        List<Predictor> serving =
                predictors().stream()
                        .filter(predictor -> !withdrawn.contains(predictor.model().name()))
                        .toList();
        return !serving.isEmpty() && serving.stream().allMatch(Predictor::ready);
    }

    private List<Predictor> predictors() {
        List<Predictor> predictors = new ArrayList<>();
        byName.values().forEach(versions -> predictors.addAll(versions.values()));
        return predictors;
    }

    /** Closes every predictor, all at a time, so that none takes requests while another drains. */
    @Override
    public void close() {
        closed = true;
        closeAll(predictors());
    }

    private static void closeAll(List<Predictor> predictors) {
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            predictors.forEach(predictor -> each.execute(predictor::close));
        }
    }
}
