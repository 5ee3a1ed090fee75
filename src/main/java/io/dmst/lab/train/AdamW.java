package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.core.model.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * AdamW with decoupled weight decay (arXiv 1711.05101) and clipping by the global norm, written
 * with array operations: DJL's own decays every parameter and clips one side only.
 *
 * <p>Owns its moments until closed. Not thread-safe.
 */
final class AdamW implements AutoCloseable {

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final NDManager manager;
    private final Map<String, Moments> moments = new LinkedHashMap<>();
    private final double weightDecay;
    private final double clipNorm;

    private record Moments(
            NDArray weight, boolean decayed, double rate, NDArray first, NDArray second) {}

    AdamW(NDManager parent, Optimisation settings) {
        this.manager = parent.newSubManager();
        this.weightDecay = settings.weightDecay();
        this.clipNorm = settings.clipNorm();
    }

    /**
     * Adds a parameter.
     *
     * @param weight its values, which the steps change
     * @param rate learning rate relative to that of a step
     */
    void add(ParameterSpec spec, NDArray weight, double rate) {
        NDArray first = manager.zeros(weight.getShape());
        NDArray second = manager.zeros(weight.getShape());
        moments.put(spec.name(), new Moments(weight, spec.init().decayed(), rate, first, second));
    }

    /**
     * One step from the gradients, which are cleared; none if they are not finite, so that the
     * weights stay good.
     *
     * @param rate learning rate
     * @param step counted from 1, for the bias correction
     * @return global norm of the gradient before clipping
     */
    double step(double rate, long step) {
        try (NDManager scratch = manager.newSubManager()) {
            double norm = gradientNorm(scratch);
            if (!Double.isFinite(norm)) {
                return norm;
            }
            double scale = norm > clipNorm ? clipNorm / norm : 1;
            for (Moments m : moments.values()) {
                update(m, scratch, scale, rate * m.rate(), step);
            }
            return norm;
        }
    }

    private double gradientNorm(NDManager scratch) {
        NDArray sum = scratch.zeros(new ai.djl.ndarray.types.Shape());
        for (Moments m : moments.values()) {
            NDArray gradient = gradient(m, scratch);
            sum.addi(gradient.square().sum());
        }
        return Math.sqrt(sum.getFloat());
    }

    private void update(Moments m, NDManager scratch, double scale, double rate, long step) {
        NDArray gradient = gradient(m, scratch).muli(scale);
        NDArray first = in(scratch, m.first());
        NDArray second = in(scratch, m.second());
        NDArray weight = in(scratch, m.weight());
        first.muli(BETA1).addi(gradient.mul(1 - BETA1));
        second.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
        double correction1 = 1 - Math.pow(BETA1, step);
        double correction2 = 1 - Math.pow(BETA2, step);
        NDArray deviation = second.mul(1 / correction2).sqrt().addi(EPSILON);
        if (m.decayed()) {
            weight.muli(1 - rate * weightDecay);
        }
        weight.subi(first.mul(rate / correction1).divi(deviation));
        gradient.subi(gradient);
    }

    private static NDArray gradient(Moments m, NDManager scratch) {
        NDArray gradient = m.weight().getGradient();
        gradient.attach(scratch);
        return gradient;
    }

    /** A view that belongs to the step, so that results computed from it do too. */
    private static NDArray in(NDManager scratch, NDArray array) {
        NDArray view = array.stopGradient();
        view.attach(scratch);
        return view;
    }

    /**
     * The moments by parameter, for saving and restoring: {@code first.NAME}, {@code second.NAME}.
     */
    Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        moments.forEach((name, m) -> {
            state.put("first." + name, m.first());
            state.put("second." + name, m.second());
        });
        return state;
    }

    @Override
    public void close() {
        manager.close();
    }
}
