package io.dmst.core.engine;

import io.dmst.core.model.Statistic;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model on ONNX Runtime: a graph that only classifies, and one with every probe that is loaded
 * when the first probe is asked for, since the runtime computes a whole graph whatever is wanted of
 * it.
 */
public final class OnnxEngine implements Engine {

    private static final Set<String> STATISTICS =
            Arrays.stream(Statistic.values())
                    .map(Statistic::word)
                    .collect(Collectors.toUnmodifiableSet());

    private final OnnxSession classifying;
    private final Supplier<OnnxSession> loader;
    private @Nullable OnnxSession explaining;

    /**
     * Takes over the sessions and closes them with itself.
     *
     * @param loader of the graph with probes, called at most once
     */
    public OnnxEngine(OnnxSession classifying, Supplier<OnnxSession> loader) {
        this.classifying = classifying;
        this.loader = loader;
    }

    /**
     * An engine that has no other graph for probes.
     *
     * @param graph an ONNX file's bytes
     * @param threads as for a session
     * @param cudaDevice as for a session
     */
    static OnnxEngine ofGraph(byte[] graph, int threads, @Nullable Integer cudaDevice) {
        Supplier<OnnxSession> loader = () -> new OnnxSession(graph, threads, cudaDevice);
        return new OnnxEngine(loader.get(), loader);
    }

    @Override
    public Set<String> probes() {
        Set<String> probes = new HashSet<>(explaining().outputs());
        probes.removeAll(Set.of(LOGITS, PROBABILITIES));
        probes.removeAll(STATISTICS);
        return probes;
    }

    @Override
    public List<Map<String, ProbeValues>> run(List<byte[]> pixels, Set<String> probes) {
        OnnxSession session = probes.isEmpty() ? classifying : explaining();
        Set<String> wanted = new HashSet<>(STATISTICS);
        wanted.retainAll(session.outputs());
        wanted.addAll(Set.of(LOGITS, PROBABILITIES));
        wanted.addAll(probes);
        return session.run(pixels, wanted);
    }

    private synchronized OnnxSession explaining() {
        if (explaining == null) {
            explaining = loader.get();
        }
        return explaining;
    }

    @Override
    public synchronized void close() {
        classifying.close();
        if (explaining != null) {
            explaining.close();
        }
    }
}
