package io.dmst.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Tensor;
import io.dmst.core.checkpoint.TensorMap;
import io.dmst.core.model.AttentionStatistics;
import io.dmst.core.model.Network;
import io.dmst.core.model.Statistic;
import io.dmst.core.model.Trace;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A network that runs on DJL without an export: the second inference engine, and the check of the
 * first.
 *
 * <p>Thread-safe. Owns its native memory until closed.
 */
public final class DjlNetwork implements AutoCloseable {

    private final Network network;
    private final NDManager manager;
    private final DjlParameters parameters;

    /**
     * Loads a network.
     *
     * @param config its shape
     * @param weights by the names of {@link Network#parameters()}
     * @param device what computes
     * @throws RuntimeException naming the tensor, if one is missing or has another shape
     */
    public DjlNetwork(ModelConfig config, TensorMap weights, Device device) {
        this.network = new Network(config);
        this.manager = DjlEngines.newManager(device);
        try {
            this.parameters = DjlParameters.load(manager, network.parameters(), weights);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Classifies pixels.
     *
     * @param pixels uint8 {@code [B, H, W, 3]}
     * @param probes names of the probes wanted, such as {@code membership.3}
     * @return {@code logits}, {@code probabilities}, the probes and, where attention has a
     *     membership, every {@link Statistic}; float32
     */
    public TensorMap classify(Tensor pixels, Set<String> probes) {
        try (NDManager scratch = manager.newSubManager()) {
            ByteBuffer bytes = pixels.bytes();
            NDArray array = scratch.create(bytes, new Shape(pixels.dimensions()), DataType.UINT8);
            return run(scratch, network.normalise(new DjlOps(scratch), array), probes);
        }
    }

    /**
     * Runs the network on a prepared input.
     *
     * @param input float32 {@code [B, 3, H, W]}, normalised
     * @param probes names of the probes wanted, such as {@code membership.3}
     * @return {@code logits}, {@code probabilities}, the probes and, where attention has a
     *     membership, every {@link Statistic}; float32
     */
    public TensorMap run(Tensor input, Set<String> probes) {
        try (NDManager scratch = manager.newSubManager()) {
            Shape shape = new Shape(input.dimensions());
            return run(scratch, scratch.create(input.toFloats(), shape), probes);
        }
    }

    private TensorMap run(NDManager scratch, NDArray input, Set<String> probes) {
        SortedMap<String, Tensor> results = new TreeMap<>();
        Trace<NDArray> trace =
                (probe, layer, value) -> {
                    if (probes.contains(probe.in(layer))) {
                        results.put(probe.in(layer), tensor(value));
                    }
                };
        DjlOps ops = new DjlOps(scratch);
        AttentionStatistics<NDArray> statistics =
                new AttentionStatistics<>(ops, network.config(), trace);
        NDArray logits = network.logits(ops, parameters.in(scratch), input, statistics);
        results.put("logits", tensor(logits));
        results.put("probabilities", tensor(logits.softmax(1)));
        statistics
                .values()
                .forEach((statistic, value) -> results.put(statistic.word(), tensor(value)));
        return new TensorMap("DJL", results, Map.of());
    }

    /** The values of an array, copied out of native memory. */
    public static Tensor tensor(NDArray array) {
        int[] shape =
                Arrays.stream(array.getShape().getShape()).mapToInt(Math::toIntExact).toArray();
        return Tensor.of(array.toFloatArray(), shape);
    }

    /** Number of native arrays alive, which must not grow from call to call. */
    int liveArrays() {
        return manager.getManagedArrays().size();
    }

    @Override
    public void close() {
        parameters.close();
        manager.close();
    }
}
