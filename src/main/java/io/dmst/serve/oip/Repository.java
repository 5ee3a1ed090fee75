package io.dmst.serve.oip;

import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.ServedModel;
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
     * @param readyOnly whether models that are not ready are left out
     * @throws FailureException if the repository is named
     */
    public List<Entry> index(String repository, boolean readyOnly) {
        checkUnnamed(repository);
        return Stream.concat(models.all().stream().map(this::entry), idle())
                .filter(entry -> entry.ready() || !readyOnly)
                .toList();
    }

    private Entry entry(ServedModel model) {
        try {
            boolean ready = models.select(model.name(), model.version()).ready();
            return new Entry(model.name(), model.version(), ready, ready ? "" : "not ready");
        } catch (FailureException e) {
            return new Entry(model.name(), model.version(), false, e.failure().detail());
        }
    }

    /** What can be loaded. */
    private Stream<Entry> idle() {
        return models.idle().entrySet().stream()
                .flatMap(model ->
                        model.getValue().stream()
                                .map(version ->
                                        new Entry(model.getKey(), version, false, "not loaded")));
    }

    private static void checkUnnamed(String repository) {
        if (!repository.isEmpty()) {
            throw new FailureException(
                    FailureCode.INVALID_ARGUMENT,
                    "the only repository has no name; leave repository_name out");
        }
    }

    /** Whether every model takes requests. */
    public boolean ready() {
        return models.ready();
    }

    /**
     * Whether one model is ready.
     *
     * @throws FailureException if there is no such model
     */
    public boolean ready(String name, @Nullable String version) {
        return models.ready(model(name, version).model());
    }

    /**
     * A model, in service or not.
     *
     * @throws FailureException if there is no such model
     */
    public Predictor model(String name, @Nullable String version) {
        return models.find(name, version);
    }

    /** The versions of a model, its default one last. */
    public List<String> versions(ServedModel model) {
        return models.versions(model.name());
    }

    /**
     * Puts a model into service, with all versions that there are now.
     *
     * @param parameters names of the request's parameters
     * @throws FailureException if that is not allowed, or the model cannot be loaded
     */
    public void load(String repository, String name, Set<String> parameters) {
        for (String parameter : parameters) {
            if (parameter.equals("config") || parameter.startsWith("file:")) {
                throw new FailureException(
                        FailureCode.INVALID_ARGUMENT,
                        "a model cannot be uploaded: leave config and files out");
            }
        }
        serve(repository, name, true);
    }

    /**
     * Takes a model out of service.
     *
     * @throws FailureException if that is not allowed, or there is no such model
     */
    public void unload(String repository, String name) {
        serve(repository, name, false);
    }

    private void serve(String repository, String name, boolean served) {
        if (!properties.repositoryControl()) {
            throw new FailureException(
                    FailureCode.FORBIDDEN,
                    "requests may not load or unload models; the operator can allow it by"
                            + " dmst.oip.repository-control=true");
        }
        checkUnnamed(repository);
        models.serve(name, served);
        log.info(
                "model {}: {} by request; versions: {}",
                name,
                served ? "loaded" : "unloaded",
                models.versions(name));
    }
}
