package io.dmst.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.dmst.djl.DjlParameters;
import io.dmst.model.Network;
import io.dmst.model.ParameterSpec;
import io.dmst.model.Trace;
import io.dmst.train.data.Batch;
import java.util.List;
import java.util.Map;
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
    private final DjlParameters weights;
    private final DjlParameters average;
    private final AdamW optimiser;
    private long steps;

    Learner(NDManager parent, Network network, TrainOptions options) {
        this.network = network;
        this.options = options;
        this.manager = parent.newSubManager();
        this.specs = network.parameters();
        this.weights = new DjlParameters(manager);
        this.average = new DjlParameters(manager);
        Initialiser initialiser =
                new Initialiser(new SplittableRandom(options.seed()), network.config().eta());
        for (ParameterSpec spec : specs) {
            float[] values = initialiser.values(spec);
            weights.add(spec, values).setRequiresGradient(spec.init().trained());
            average.add(spec, values);
        }
        this.optimiser =
                new AdamW(manager, specs, weights, options.weightDecay(), options.clipNorm());
    }

    /** What one step did. */
    record Step(double loss, int correct, double gradientNorm) {}

    /**
     * One step of gradient descent.
     *
     * @param batch images and targets
     * @param rate learning rate
     */
    Step step(Batch batch, double rate) {
        try (NDManager scratch = manager.newSubManager()) {
            double loss;
            int correct;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray logits = logits(scratch, batch);
                NDArray targets = scratch.create(batch.weightedTargets(), logits.getShape());
                NDArray error = Losses.crossEntropy(logits, targets);
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

    private NDArray logits(NDManager scratch, Batch batch) {
        SplittableRandom random =
                new SplittableRandom(options.seed() ^ (steps * 0x9E3779B97F4A7C15L));
        TrainingOps ops = new TrainingOps(scratch, options.dropPath(), random);
        NDArray input = network.normalise(ops, pixels(scratch, batch));
        return network.logits(ops, weights.in(scratch), input, Trace.none());
    }

    /** {@code [B, H, W, 3]}, 0 to 255. */
    static NDArray pixels(NDManager scratch, Batch batch) {
        Batch.Input input = batch.inputs().getFirst();
        Shape shape = new Shape(batch.size());
        for (int side : input.shape()) {
            shape = shape.add(side);
        }
        return scratch.create(input.values(), shape);
    }

    /**
     * Moves the average towards the weights, faster at the start so that it forgets the first ones.
     */
    private void follow(NDManager scratch) {
        double kept = Math.min(options.emaDecay(), (1.0 + steps) / (10.0 + steps));
        for (ParameterSpec spec : specs) {
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

    Map<String, NDArray> optimiserState() {
        return optimiser.state();
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
