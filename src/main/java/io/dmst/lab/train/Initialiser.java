package io.dmst.lab.train;

import io.dmst.core.model.ParameterSpec;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Values of a parameter before training. */
final class Initialiser {

    private static final double DEVIATION = 0.02;
    private static final float THRESHOLD = -2.25f;
    private static final float OTHER_AXES = 0.5f;

    private final RandomGenerator random;
    private final double eta;

    /**
     * @param random source of the normal laws
     * @param eta start of the layer scale
     */
    Initialiser(RandomGenerator random, double eta) {
        this.random = random;
        this.eta = eta;
    }

    float[] values(ParameterSpec spec) {
        int size = spec.size();
        return switch (spec.init()) {
            case TRUNCATED_NORMAL, TOKEN -> normal(size, DEVIATION);
            case FAN_IN -> normal(size, Math.sqrt(2.0 / (size / spec.shape().getFirst())));
            case UNIT_FAN_IN -> normal(size, Math.sqrt(1.0 / (size / spec.shape().getFirst())));
            case ZEROS, RUNNING_MEAN, FEATURE_MEAN -> new float[size];
            case ONES, RUNNING_VARIANCE, FEATURE_DEVIATION -> filled(size, 1);
            case MEAN_MAP -> filled(size, 1f / spec.shape().getLast());
            case LAYER_SCALE -> filled(size, (float) eta);
            case THRESHOLD -> filled(size, THRESHOLD);
            case MASK -> mask(spec.shape().get(0), spec.shape().get(1));
        };
    }

    private float[] normal(int size, double deviation) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            double z;
            do {
                z = random.nextGaussian();
            } while (Math.abs(z) > 2);
            values[i] = (float) (z * deviation);
        }
        return values;
    }

    private static float[] filled(int size, float value) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        return values;
    }

    private static float[] mask(int groups, int axes) {
        float[] values = filled(groups * axes, OTHER_AXES);
        int block = axes / groups;
        for (int group = 0; group < groups; group++) {
            int from = group * axes + group * block;
            Arrays.fill(values, from, from + block, 1);
        }
        return values;
    }
}
