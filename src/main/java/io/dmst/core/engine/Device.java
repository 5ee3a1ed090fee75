package io.dmst.core.engine;

import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model is computed on.
 *
 * @param cuda number of the GPU; absent for the CPU
 * @param fallback why it is the CPU although this build is for GPUs; absent if that was asked for
 */
public record Device(@Nullable Integer cuda, @Nullable String fallback) {

    public static final Device CPU = new Device(null, null);

    private static final Logger log = LoggerFactory.getLogger(Device.class);

    /**
     * The device of a name, after it has computed.
     *
     * @param name {@code auto}, {@code cpu} or {@code cuda:0}
     * @param graph to try a GPU with
     * @throws IllegalArgumentException if there is no such device, saying what to do
     */
    public static Device of(String name, Supplier<byte[]> graph) {
        return choose(name, OnnxSession.hasCuda(), gpu -> OnnxSession.refusal(graph.get(), gpu));
    }

    /**
     * As the other one.
     *
     * @param cudaBuild whether the engine is a build for GPUs
     * @param refusal why a GPU does not compute, if it does not
     */
    static Device choose(String name, boolean cudaBuild, IntFunction<Optional<String>> refusal) {
        return switch (name) {
            case "cpu" -> CPU;
            case "auto" -> cudaBuild ? gpuOrElseCpu(refusal.apply(0)) : CPU;
            default -> {
                if (!cudaBuild) {
                    throw new IllegalArgumentException(
                            ("device %s: this build of ONNX Runtime has no CUDA; take the one that"
                                            + " mvn -Pgpu makes, or use cpu or auto")
                                    .formatted(name));
                }
                int gpu = Integer.parseInt(name.substring("cuda:".length()));
                refusal.apply(gpu)
                        .ifPresent(reason -> {
                            throw new IllegalArgumentException(
                                    "device %s does not compute: %s. %s; device auto goes on with the CPU"
                                            .formatted(name, reason, REMEDY));
                        });
                yield new Device(gpu, null);
            }
        };
    }

    private static final String REMEDY =
            "It wants an NVIDIA driver (does nvidia-smi list the GPU?), CUDA 12 and cuDNN 9, and in"
                    + " a container the GPU itself (docker run --gpus all)";

    private static Device gpuOrElseCpu(Optional<String> refusal) {
        if (refusal.isEmpty()) {
            return new Device(0, null);
        }
        log.warn(
                "this build is for GPUs, but none computes, and the CPU serves, many times as slow:"
                        + " {}. {}; device cpu is silent about it",
                refusal.get(),
                REMEDY);
        return new Device(null, refusal.get());
    }

    public boolean gpu() {
        return cuda != null;
    }

    /** For metrics: {@code cuda:0}, {@code cpu}, or {@code cpu-fallback}. */
    public String label() {
        if (cuda != null) {
            return "cuda:" + cuda;
        }
        return fallback == null ? "cpu" : "cpu-fallback";
    }
}
