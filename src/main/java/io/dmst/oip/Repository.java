package io.dmst.oip;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Models;
import io.dmst.inference.Predictor;
import io.dmst.inference.ServedModel;
import io.dmst.pipeline.Checked;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The models that are served, as a repository. To unload a model is to take it out of service, for
 * all protocols. One of a models directory leaves the memory, and is read anew when it is loaded;
 * another one stays in memory, so that to load it again is instant and cannot fail. Nothing can be
 * uploaded. Safe for use by several threads.
 */
@Component
public class Repository {

    private static final Logger log = LoggerFactory.getLogger(Repository.class);

    private final Models models;
    private final OipProperties properties;

    Repository(Models models, OipProperties properties) {
        this.models = models;
        this.properties = properties;
    }

    /**
     * A model of the repository.
     *
     * @param name of it
     * @param version of it
     * @param ready whether it takes requests
     * @param reason why it does not
     */
    public record Entry(String name, String version, boolean ready, String reason) {

        /** Its state in the protocol's words. */
        public String state() {
            return ready ? "READY" : "UNAVAILABLE";
        }
    }

    /**
     * The models.
     *
     * @param repository that is asked about; empty for all, of which there is one without a name
     * @param readyOnly whether those are left out that take no requests
     */
    public Checked<List<Entry>> index(String repository, boolean readyOnly) {
        return named(repository)
                .then(all ->
                        Checked.accepted(
                                Stream.concat(models.all().stream().map(this::entry), idle())
                                        .filter(entry -> entry.ready() || !readyOnly)
                                        .toList()));
    }

    private Entry entry(ServedModel model) {
        return switch (models.select(model.name(), model.version())) {
            case Failure failure ->
                    new Entry(model.name(), model.version(), false, failure.detail());
            case Models.Chosen(Predictor predictor) ->
                    new Entry(
                            model.name(),
                            model.version(),
                            predictor.ready(),
                            predictor.ready() ? "" : "it takes no requests at the moment");
        };
    }

    /** What can be loaded. */
    private Stream<Entry> idle() {
        return models.idle().entrySet().stream()
                .flatMap(model ->
                        model.getValue().stream()
                                .map(version ->
                                        new Entry(model.getKey(), version, false, "not loaded")));
    }

    private static Checked<Boolean> named(String repository) {
        return repository.isEmpty()
                ? Checked.accepted(true)
                : Checked.refused(
                        FailureCode.INVALID_ARGUMENT,
                        "there is one repository and it has no name; leave repository_name out");
    }

    /** Whether every model takes requests. */
    public boolean ready() {
        return models.ready();
    }

    /** Whether one model takes requests, or that there is no such model. */
    public Checked<Boolean> ready(String name, @Nullable String version) {
        return model(name, version)
                .then(found ->
                        Checked.accepted(
                                models.select(name, version)
                                                instanceof Models.Chosen(Predictor predictor)
                                        && predictor.ready()));
    }

    /** A model, in service or not. */
    public Checked<Predictor> model(String name, @Nullable String version) {
        return switch (models.find(name, version)) {
            case Failure failure -> new Checked.Refused<>(failure);
            case Models.Chosen(Predictor predictor) -> Checked.accepted(predictor);
        };
    }

    /** The versions of a model, its default one last. */
    public List<String> versions(ServedModel model) {
        return models.versions(model.name());
    }

    /**
     * Puts a model into service, with all versions that there are now.
     *
     * @param parameters names of those that came
     */
    public Checked<Boolean> load(String repository, String name, Set<String> parameters) {
        for (String parameter : parameters) {
            if (parameter.equals("config") || parameter.startsWith("file:")) {
                return Checked.refused(
                        FailureCode.INVALID_ARGUMENT,
                        "a model cannot be uploaded: leave config and files out");
            }
        }
        return serve(repository, name, true);
    }

    /** Takes a model out of service. */
    public Checked<Boolean> unload(String repository, String name) {
        return serve(repository, name, false);
    }

    private Checked<Boolean> serve(String repository, String name, boolean served) {
        if (!properties.repositoryControl()) {
            return Checked.refused(
                    FailureCode.FORBIDDEN,
                    "models are not loaded or unloaded by requests here; whoever runs the service"
                            + " can allow it by dmst.oip.repository-control=true");
        }
        return named(repository)
                .then(all -> {
                    Failure unknown = models.serve(name, served).orElse(null);
                    if (unknown != null) {
                        return new Checked.Refused<>(unknown);
                    }
                    log.info(
                            "model {}: {} by request; versions: {}",
                            name,
                            served ? "loaded" : "unloaded",
                            models.versions(name));
                    return Checked.accepted(served);
                });
    }
}
