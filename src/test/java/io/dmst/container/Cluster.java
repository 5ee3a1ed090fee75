package io.dmst.container;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A namespace of the cluster that {@code .ci/kubernetes} starts, through kubectl and helm. */
public final class Cluster {

    /** What {@code .ci/kubernetes} says of its cluster; nobody else's is touched. */
    private static final Optional<String> KIND = Optional.ofNullable(System.getenv("DMST_CLUSTER"));

    private final String namespace;

    private Cluster(String namespace) {
        this.namespace = namespace;
    }

    /**
     * A new namespace that takes restricted pods alone and warns of others.
     *
     * @param nodes whether pods have to run; skips the test where the cluster cannot
     */
    public static Cluster restricted(String namespace, boolean nodes) throws Exception {
        assumeTrue(KIND.isPresent(), ".ci/kubernetes starts a cluster");
        assumeTrue(!nodes || KIND.get().equals("nodes"), "the cluster has no node");
        Cluster cluster = new Cluster(namespace);
        cluster.kubectl("create", "namespace", namespace);
        String standard = "pod-security.kubernetes.io/";
        cluster.kubectl(
                "label",
                "namespace",
                namespace,
                standard + "enforce=restricted",
                standard + "warn=restricted");
        return cluster;
    }

    /** What kubectl prints, warnings among it. */
    public String kubectl(String... arguments) throws Exception {
        return run("kubectl", arguments);
    }

    public JsonNode json(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        return JsonMapper.shared().readTree(kubectl(all.toArray(String[]::new)));
    }

    /** What helm prints, warnings among it. */
    public String helm(String... arguments) throws Exception {
        return run("helm", arguments);
    }

    private String run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program, "--namespace", namespace));
        command.addAll(List.of(arguments));
        return Engine.run(Map.of(), command);
    }
}
