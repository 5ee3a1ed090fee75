package io.dmst.lab.study;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.model.Network;
import io.dmst.core.model.Trace;
import io.dmst.core.model.Variants;
import io.dmst.djl.DjlEngines;
import io.dmst.djl.DjlOps;
import io.dmst.djl.DjlParameters;
import io.dmst.lab.train.UntrainedWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What the networks of all arms cost, untrained, with one thread.
 *
 * <p>Time: a forward pass for inference over about {@value #TOKENS} tokens, of one arm after the
 * other in every round, so that a ratio within a round is of the same moment of the machine.
 * Memory: what native code holds ({@link NativeHeap}) while automatic differentiation keeps what it
 * needs for the way back and nothing else is kept, less what it held before, from the difference of
 * two batch sizes; without a preloaded allocator ({@link #environment}). Beside it what {@link
 * KeptBytes} counts in the formulas of the attention. For one process that does nothing else.
 */
public final class CostMeasure {

    /** Measure the forward pass. */
    public static final String TIME = "time";

    /** Measure what is kept for the backward pass. */
    public static final String MEMORY = "memory";

    private static final int TOKENS = 4096;

    /** Enough for the difference to be far above what a virtual machine needs by the way. */
    private static final int KEPT_TOKENS = 8192;

    /** Odd: of these the median. The JIT compiler's memory comes and goes meanwhile. */
    private static final int REPEATS = 5;

    private final StudyPlan plan;
    private final CostPlan cost;

    /**
     * @throws IllegalArgumentException if the plan measures no cost
     */
    public CostMeasure(StudyPlan plan) {
        this.plan = plan;
        this.cost =
                plan.cost()
                        .orElseThrow(
                                () -> new IllegalArgumentException("the plan has no key cost"));
    }

    /**
     * What a process that measures this must change in its environment; an empty value removes the
     * variable. Memory is counted by the allocator of the C library.
     */
    static Map<String, String> environment(String what) {
        return what.equals(MEMORY) ? Map.of("LD_PRELOAD", "") : Map.of();
    }

    /** Measures {@link #TIME} or {@link #MEMORY}; an object for each arm and number of tokens. */
    public List<Map<String, Object>> measure(String what) {
        List<Map<String, Object>> networks = new ArrayList<>();
        for (int tokens : cost.tokens()) {
            networks.addAll(what.equals(TIME) ? times(tokens) : memory(tokens));
        }
        return networks;
    }

    private List<Map<String, Object>> times(int tokens) {
        int batch = Math.max(1, TOKENS / tokens);
        Map<String, List<Long>> nanoseconds = new LinkedHashMap<>();
        try (NDManager manager = DjlEngines.newManager(DjlEngines.device("cpu"))) {
            Map<String, Subject> subjects = new LinkedHashMap<>();
            plan.arms()
                    .keySet()
                    .forEach(arm -> {
                        subjects.put(arm, new Subject(manager, network(arm, tokens), false));
                        nanoseconds.put(arm, new ArrayList<>());
                    });
            // the first round of all finds memory and code cold
            for (int round = -1; round < cost.rounds(); round++) {
                int kept = round;
                subjects.forEach((arm, subject) -> {
                    long time = subject.forward(batch);
                    if (kept >= 0) {
                        nanoseconds.getOrDefault(arm, new ArrayList<>()).add(time);
                    }
                });
            }
        }
        List<Map<String, Object>> networks = new ArrayList<>();
        nanoseconds.forEach((arm, times) -> {
            Map<String, Object> measured = of(arm, tokens);
            measured.put("images", batch);
            measured.put("nanoseconds", times);
            networks.add(measured);
        });
        return networks;
    }

    private List<Map<String, Object>> memory(int tokens) {
        int batch = Math.max(1, KEPT_TOKENS / tokens);
        List<Map<String, Object>> networks = new ArrayList<>();
        for (String arm : plan.arms().keySet()) {
            Network network = network(arm, tokens);
            try (NDManager manager = DjlEngines.newManager(DjlEngines.device("cpu"))) {
                Subject subject = new Subject(manager, network, true);
                subject.kept(batch);
                long[] perImage = new long[REPEATS];
                for (int i = 0; i < REPEATS; i++) {
                    long one = subject.kept(batch);
                    perImage[i] = (subject.kept(2 * batch) - one) / batch;
                }
                Arrays.sort(perImage);
                Map<String, Object> measured = of(arm, tokens);
                measured.put("images", batch);
                measured.put("kept", perImage[REPEATS / 2]);
                measured.put("counted_attention", KeptBytes.ofAttention(network.config()));
                networks.add(measured);
            }
        }
        return networks;
    }

    private static Map<String, Object> of(String arm, int tokens) {
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("arm", arm);
        measured.put("tokens", tokens);
        return measured;
    }

    private Network network(String arm, int tokens) {
        List<String> options = new ArrayList<>(cost.options());
        options.addAll(plan.arms().getOrDefault(arm, List.of()));
        ModelConfig config = config(options);
        int side = (int) Math.round(Math.sqrt(tokens)) * config.patchSize();
        return new Network(config.with(Map.of("image_size", side)));
    }

    /**
     * The network that {@code dmst train} makes of its options.
     *
     * @throws IllegalArgumentException if there is no such network
     */
    public static ModelConfig config(List<String> options) {
        String model = "";
        Map<String, String> changes = new LinkedHashMap<>();
        for (int i = 0; i + 1 < options.size(); i++) {
            if (options.get(i).equals("--model")) {
                model = options.get(i + 1);
            } else if (options.get(i).equals("--set")) {
                String[] change = options.get(i + 1).split("=", 2);
                changes.put(change[0], change[change.length - 1]);
            }
        }
        return Variants.named(model).with(changes);
    }

    /** A network with parameters. */
    private static final class Subject {

        private final NDManager manager;
        private final Network network;
        private final DjlParameters parameters;

        Subject(NDManager manager, Network network, boolean gradients) {
            this.manager = manager;
            this.network = network;
            this.parameters = new DjlParameters(manager);
            UntrainedWeights.of(network, 0)
                    .forEach((spec, values) ->
                            parameters
                                    .add(spec, values)
                                    .setRequiresGradient(gradients && spec.init().trained()));
        }

        long forward(int batch) {
            try (NDManager scratch = manager.newSubManager()) {
                NDArray input = input(scratch, batch);
                long start = System.nanoTime();
                network.logits(new DjlOps(scratch), parameters.in(scratch), input, Trace.none())
                        .toFloatArray();
                return System.nanoTime() - start;
            }
        }

        /** Bytes more in memory while a graph is held than before. */
        long kept(int batch) {
            NativeHeap heap = new NativeHeap();
            long before = heap.bytes();
            try (NDManager held = manager.newSubManager();
                    GradientCollector collector =
                            Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss;
                try (NDManager scratch = held.newSubManager()) {
                    loss =
                            network.logits(
                                            new GradientOps(scratch),
                                            parameters.in(scratch),
                                            input(scratch, batch),
                                            Trace.none())
                                    .sum();
                    loss.attach(held);
                }
                long kept = heap.bytes() - before;
                collector.backward(loss);
                return kept;
            }
        }

        private NDArray input(NDManager scratch, int batch) {
            int height = network.config().imageSize().height();
            int width = network.config().imageSize().width();
            float[] values = new float[batch * 3 * height * width];
            Random random = new Random(0);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return scratch.create(values, new Shape(batch, 3, height, width));
        }
    }

    /** Batch normalisation as in training. */
    private static final class GradientOps extends DjlOps {
        GradientOps(NDManager manager) {
            super(manager, true);
        }
    }
}
