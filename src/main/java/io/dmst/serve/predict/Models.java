package io.dmst.serve.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * <p>A model can be taken out of service and put back. Those of a {@link ModelRepository} are
 * closed and opened with it, from the versions that are available then; unchanged ones stay open.
 * Accepted requests are answered in either case. Safe for use by several threads.
 */
public final class Models implements AutoCloseable {

    private final @Nullable ModelRepository shelf;
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile SequencedMap<String, SequencedMap<String, Predictor>> byName;
    private volatile boolean closed;

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
     * With models that can be loaded later.
     *
     * @param shelf from which the predictors are
     */
    public Models(@Nullable ModelRepository shelf, List<? extends Predictor> predictors) {
        if (predictors.isEmpty()) {
            throw new IllegalArgumentException("at least one model must be served");
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
     * Selects a model that is in service.
     *
     * @param name or absent for the default
     * @param version or absent for that name's default
     * @throws FailureException as {@link #find}, or of {@link FailureCode#NOT_READY} for a model
     *     that is out of service
     */
    public Predictor select(@Nullable String name, @Nullable String version) {
        Predictor predictor = find(name, version);
        if (withdrawn.contains(predictor.model().name())) {
            throw unloaded();
        }
        return predictor;
    }

    private static FailureException unloaded() {
        return new FailureException(
                FailureCode.NOT_READY, "the model was unloaded; it must be loaded first");
    }

    /**
     * Finds a model that is in memory.
     *
     * @param name or absent for the default
     * @param version or absent for that name's default
     * @throws FailureException of {@link FailureCode#UNKNOWN_MODEL}, or of {@link
     *     FailureCode#NOT_READY} for a model that was unloaded
     */
    public Predictor find(@Nullable String name, @Nullable String version) {
        SequencedMap<String, SequencedMap<String, Predictor>> now = byName;
        if (name == null && now.isEmpty()) {
            throw unloaded();
        }
        String wanted = name == null ? now.firstEntry().getKey() : name;
        SequencedMap<String, Predictor> versions = now.get(wanted);
        if (versions == null) {
            throw withdrawn.contains(wanted) ? unloaded() : unknown(wanted);
        }
        if (version == null) {
            return versions.lastEntry().getValue();
        }
        Predictor predictor = versions.get(version);
        if (predictor == null) {
            throw new FailureException(
                    FailureCode.UNKNOWN_MODEL,
                    "unknown version \"%s\" of the model; available: %s"
                            .formatted(clipped(version), String.join(", ", versions.keySet())));
        }
        return predictor;
    }

    private FailureException unknown(String name) {
        return new FailureException(
                FailureCode.UNKNOWN_MODEL,
                "unknown model \"%s\"; available: %s"
                        .formatted(clipped(name), String.join(", ", byName.keySet())));
    }

    private static String clipped(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    /**
     * Puts all versions of a model into service, or takes them out of it; returns when it is done.
     *
     * @throws FailureException of {@link FailureCode#UNKNOWN_MODEL}, or of another code if the
     *     model cannot be loaded; what was served before is still served then
     */
    public synchronized void serve(String name, boolean served) {
        if (closed) {
            throw new FailureException(Failure.notReady());
        }
        if (shelf != null && served) {
            put(name, opened(shelf, name));
            withdrawn.remove(name);
            return;
        }
        if (!byName.containsKey(name) && !withdrawn.contains(name)) {
            throw unknown(name);
        }
        if (served) {
            withdrawn.remove(name);
        } else {
            withdrawn.add(name);
            if (shelf != null) {
                put(name, List.of());
            }
        }
    }

    /**
     * Opens a model on a platform thread: it computes in native code for a while, during which a
     * virtual thread, such as a request's, would occupy its carrier.
     */
    private List<Predictor> opened(ModelRepository from, String name) {
        try {
            return CompletableFuture.supplyAsync(
                            () -> from.open(name, predictors(name)),
                            task -> Thread.ofPlatform().name("model-load").start(task))
                    .join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    private List<Predictor> predictors(String name) {
        Map<String, Predictor> versions = byName.get(name);
        return versions == null ? List.of() : List.copyOf(versions.values());
    }

    /** New requests get the new predictors; the replaced ones answer what they have accepted. */
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

    /** Adds an action that is run whenever models were added or removed. */
    void whenChanged(Runnable listener) {
        listeners.add(listener);
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
            shelf.available()
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

    /** Whether a model is in service and would take a request. */
    public boolean ready(ServedModel model) {
        Map<String, Predictor> versions = byName.get(model.name());
        Predictor predictor = versions == null ? null : versions.get(model.version());
        return predictor != null && !withdrawn.contains(model.name()) && predictor.ready();
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
