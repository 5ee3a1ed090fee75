package io.dmst.serve.local;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.ModelRepository;
import io.dmst.serve.predict.Predictor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory whose sub-directories are models. Name and version are those of each {@code
 * config.json}, whatever the sub-directory is called; what has no readable one, or a name that
 * begins with a dot, is passed over. Versions are in the order of their numbers, {@code 1.9} before
 * {@code 1.10}. A version's files must not change while it is loaded.
 */
final class ModelFolder implements ModelRepository {

    private static final Logger log = LoggerFactory.getLogger(ModelFolder.class);

    private static final Comparator<String> VERSIONS = ModelFolder::compared;

    private final Path folder;
    private final Opener opener;

    /** Makes a predictor of a model, after its check. */
    interface Opener {
        Predictor open(ModelDirectory model);
    }

    ModelFolder(Path folder, Opener opener) {
        this.folder = folder;
        this.opener = opener;
    }

    /** Where a version of a model lies. */
    private record Place(ModelConfig config, Path path) {}

    /**
     * Opens everything.
     *
     * @throws IllegalArgumentException if there is nothing, or something cannot be served
     */
    List<Predictor> all() {
        List<Predictor> all = new ArrayList<>();
        for (String name : available().keySet()) {
            try {
                all.addAll(open(name, List.of()));
            } catch (FailureException e) {
                all.forEach(Predictor::close);
                throw new IllegalArgumentException(e.failure().detail(), e);
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "dmst.models.directory is %s, but no sub-directory of it holds a model"
                            .formatted(folder));
        }
        return all;
    }

    @Override
    public SequencedMap<String, List<String>> available() {
        SequencedMap<String, List<String>> names = new TreeMap<>();
        for (Place place : places()) {
            names.computeIfAbsent(place.config().name(), name -> new ArrayList<>())
                    .add(place.config().version());
        }
        names.values().forEach(versions -> versions.sort(VERSIONS));
        return names;
    }

    private List<Place> places() {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> !child.getFileName().toString().startsWith("."))
                    .filter(child -> Files.exists(child.resolve(ModelDirectory.CONFIG)))
                    .sorted()
                    .flatMap(child -> place(child).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the models directory " + folder, e);
        }
    }

    private static Optional<Place> place(Path path) {
        try {
            return Optional.of(
                    new Place(ModelConfig.read(path.resolve(ModelDirectory.CONFIG)), path));
        } catch (IOException | IllegalArgumentException e) {
            log.warn("{} is passed over: {}", path, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public List<Predictor> open(String name, List<Predictor> loaded) {
        SequencedMap<String, Path> versions = new TreeMap<>(VERSIONS);
        for (Place place : places()) {
            if (place.config().name().equals(name)) {
                Path other = versions.put(place.config().version(), place.path());
                if (other != null) {
                    throw refused(
                            "%s and %s both hold version %s of model %s",
                            other.getFileName(),
                            place.path().getFileName(),
                            place.config().version(),
                            name);
                }
            }
        }
        if (versions.isEmpty()) {
            checkNotBroken(name);
            throw unknown(name);
        }
        return open(name, versions, loaded);
    }

    /**
     * Refuses a name whose directory exists and is no model.
     *
     * @throws FailureException with the reason
     */
    private void checkNotBroken(String name) {
        if (!name.matches("[A-Za-z0-9_+-][A-Za-z0-9._+-]*")
                || !Files.isDirectory(folder.resolve(name))) {
            return;
        }
        Path config = folder.resolve(name).resolve(ModelDirectory.CONFIG);
        if (!Files.exists(config)) {
            throw refused("the directory %s has no %s", name, ModelDirectory.CONFIG);
        }
        try {
            ModelConfig.read(config);
        } catch (IOException | IllegalArgumentException e) {
            throw refused(
                    "the directory %s is no model: %s",
                    name, String.valueOf(e.getMessage()).replace(folder + "/", ""));
        }
    }

    private FailureException unknown(String name) {
        return new FailureException(
                FailureCode.UNKNOWN_MODEL,
                "no model \"%s\" lies in the models directory; there is %s"
                        .formatted(
                                name.length() <= 80 ? name : name.substring(0, 80) + "…",
                                String.join(", ", available().keySet())));
    }

    private List<Predictor> open(
            String name, SequencedMap<String, Path> versions, List<Predictor> loaded) {
        SequencedMap<String, Predictor> open = new LinkedHashMap<>();
        List<Predictor> fresh = new ArrayList<>();
        String current = "";
        try {
            for (var version : versions.entrySet()) {
                current = version.getKey();
                ModelDirectory model = ModelDirectory.read(version.getValue());
                Predictor before = loaded(current, loaded);
                if (before == null) {
                    before = opener.open(model);
                    fresh.add(before);
                } else if (!before.model().digest().equals(model.digest())) {
                    throw refused(
                            "version %s of model %s has other files than those that are loaded;"
                                    + " give them a version of their own, or unload the model first",
                            current, name);
                }
                open.put(current, before);
            }
            return List.copyOf(open.values());
        } catch (FailureException e) {
            fresh.forEach(Predictor::close);
            throw e;
        } catch (IOException | RuntimeException e) {
            fresh.forEach(Predictor::close);
            log.error("model {} {} cannot be loaded", name, current, e);
            throw refused(
                    "version %s of model %s cannot be loaded: %s",
                    current, name, String.valueOf(e.getMessage()).replace(folder + "/", ""));
        }
    }

    private static @Nullable Predictor loaded(String version, List<Predictor> loaded) {
        return loaded.stream()
                .filter(predictor -> predictor.model().version().equals(version))
                .findFirst()
                .orElse(null);
    }

    private static FailureException refused(String form, Object... values) {
        return new FailureException(FailureCode.INVALID_ARGUMENT, form.formatted(values));
    }

    private static int compared(String a, String b) {
        String[] first = a.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");
        String[] second = b.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");
        for (int i = 0; i < Math.min(first.length, second.length); i++) {
            boolean numbers = first[i].matches("\\d{1,18}") && second[i].matches("\\d{1,18}");
            int order =
                    numbers
                            ? Long.compare(Long.parseLong(first[i]), Long.parseLong(second[i]))
                            : first[i].compareTo(second[i]);
            if (order != 0) {
                return order;
            }
        }
        int byLength = Integer.compare(first.length, second.length);
        return byLength != 0 ? byLength : a.compareTo(b);
    }
}
