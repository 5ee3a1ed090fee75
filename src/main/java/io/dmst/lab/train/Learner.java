package io.dmst.lab.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.dmst.core.model.Intervention;
import io.dmst.core.model.Network;
import io.dmst.core.model.ParameterSpec;
import io.dmst.core.model.Trace;
import io.dmst.djl.DjlParameters;
import io.dmst.lab.train.data.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The weights that learn, their moving average, and one step.
 *
 * <p>Owns their native memory until closed. Not thread-safe; only one per process may take a step
 * at a time.
 */
final class Learner implements AutoCloseable {

    private final Network network;
    private final TrainOptions options;
    private final NDManager manager;
    private final List<ParameterSpec> specs;
    private final Set<String> frozen;
    private final DjlParameters weights;
    private final DjlParameters average;
    private final AdamW optimiser;
    private long steps;

    /**
     * @param start weights to begin with; a parameter that it has not is random
     */
    Learner(NDManager parent, Network network, TrainOptions options, StartWeights start) {
        this.network = network;
        this.options = options;
        this.manager = parent.newSubManager();
        this.specs = network.parameters();
        this.frozen = FrozenParameters.of(network, options.fineTuning().freeze());
        this.weights = new DjlParameters(manager);
        this.average = new DjlParameters(manager);
        this.optimiser = new AdamW(manager, options.optimisation());
        Set<String> stem = network.stemParameters();
        Initialiser initialiser =
                new Initialiser(new SplittableRandom(options.seed()), network.config().eta());
        for (ParameterSpec spec : specs) {
            float[] random = initialiser.values(spec);
            float[] values = start.of(spec).map(tensor -> tensor.toFloats()).orElse(random);
            NDArray weight = weights.add(spec, values);
            average.add(spec, values);
            if (spec.init().trained() && !frozen.contains(spec.name())) {
                weight.setRequiresGradient(true);
                double rate = stem.contains(spec.name()) ? options.fineTuning().stemRate() : 1;
                optimiser.add(spec, weight, rate);
            }
        }
    }

    /** What one step did. */
    record Step(double loss, int correct, double gradientNorm) {}

    /**
     * One step of gradient descent.
     *
     * @param batch images, or features of a frozen stem, and targets
     * @param rate learning rate
     */
    Step step(Batch batch, double rate) {
        try (NDManager scratch = manager.newSubManager()) {
            double loss;
            int correct;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray logits = logits(scratch, batch);
                NDArray targets = scratch.create(batch.weightedTargets(), logits.getShape());
                NDArray error = error(scratch, batch, logits, targets);
                loss = error.getFloat();
                correct = Losses.correct(logits, batch.labels());
                if (!Double.isFinite(loss)) {
                    return new Step(loss, correct, Double.NaN);
                }
                collector.backward(error);
            }
            steps++;
            double norm = optimiser.step(rate, steps);
            follow(scratch);
            return new Step(loss, correct, norm);
        }
    }

    private NDArray error(NDManager scratch, Batch batch, NDArray logits, NDArray targets) {
        if (!options.distillation().used()) {
            return Losses.crossEntropy(logits, targets);
        }
        float[] soft = batch.inputs().getLast().values().clone();
        int classes = soft.length / batch.size();
        for (int i = 0; i < soft.length; i++) {
            soft[i] *= batch.weights()[i / classes];
        }
        NDArray teacher = scratch.create(soft, logits.getShape());
        return Losses.distilled(logits, targets, teacher, options.distillation());
    }

    private NDArray logits(NDManager scratch, Batch batch) {
        SplittableRandom random =
                new SplittableRandom(options.seed() ^ (steps * 0x9E3779B97F4A7C15L));
        TrainingOps ops = new TrainingOps(scratch, options.regularisation(), random);
        int own = batch.inputs().size() - (options.distillation().used() ? 1 : 0);
        List<NDArray> inputs =
                batch.inputs().stream()
                        .limit(own)
                        .map(input -> array(scratch, input, batch.size()))
                        .toList();
        List<NDArray> features =
                options.fineTuning().freeze().keepsFeatures()
                        ? inputs
                        : network.features(
                                ops,
                                weights.in(scratch),
                                network.normalise(ops, inputs.getFirst()));
        return network.fromFeatures(
                ops,
                weights.in(scratch),
                features,
                new Network.Watch<>(Trace.none(), Intervention.none()));
    }

    private static NDArray array(NDManager scratch, Batch.Input input, int images) {
        Shape shape = new Shape(images);
        for (int length : input.shape()) {
            shape = shape.add(length);
        }
        return scratch.create(input.values(), shape);
    }

    /**
     * Moves the average towards the weights, faster at the start so that it forgets the first ones.
     */
    private void follow(NDManager scratch) {
        double decay = options.optimisation().emaDecay();
        double kept = Math.min(decay, (1.0 + steps) / (10.0 + steps));
        for (ParameterSpec spec : specs) {
            if (!frozen.contains(spec.name())) {
                NDArray weight = weights.array(spec.name()).stopGradient();
                weight.attach(scratch);
                NDArray mean = average.array(spec.name()).stopGradient();
                mean.attach(scratch);
                if (spec.init().trained()) {
                    mean.muli(kept).addi(weight.mul(1 - kept));
                } else {
                    mean.muli(0).addi(weight);
                }
            }
        }
    }

    /**
     * Sets a parameter that is measured instead of learnt, in the weights and in their average.
     *
     * @param name of the parameter
     */
    void measured(String name, float... values) {
        weights.array(name).set(values);
        average.array(name).set(values);
    }

    Network network() {
        return network;
    }

    List<ParameterSpec> specs() {
        return specs;
    }

    /** The weights that learn. */
    DjlParameters weights() {
        return weights;
    }

    /** Their moving average: what is evaluated and saved. */
    DjlParameters average() {
        return average;
    }

    /** Everything that steps change, by name: what a state must hold. */
    Map<String, NDArray> changing() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (ParameterSpec spec : specs) {
            if (!frozen.contains(spec.name())) {
                arrays.put("weight." + spec.name(), weights.array(spec.name()));
                arrays.put("average." + spec.name(), average.array(spec.name()));
            }
        }
        arrays.putAll(optimiser.state());
        return arrays;
    }

    long steps() {
        return steps;
    }

    void steps(long taken) {
        steps = taken;
    }

    /** Number of live native arrays, which must not grow from step to step. */
    int liveArrays() {
        return manager.getManagedArrays().size();
    }

    @Override
    public void close() {
        optimiser.close();
        weights.close();
        average.close();
        manager.close();
    }
}
