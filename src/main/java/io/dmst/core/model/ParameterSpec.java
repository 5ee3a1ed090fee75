package io.dmst.core.model;

import java.util.Arrays;
import java.util.List;

/**
 * Name, shape and start of one parameter, as the network declares it where it is used.
 *
 * @param name in the checkpoint; the published ToST state dict's where that has one
 * @param init law of its values before training
 * @param shape lengths of its axes
 */
public record ParameterSpec(String name, Init init, List<Integer> shape) {

    /** How a parameter starts, and with that how training treats it. */
    public enum Init {
        /** Normal with standard deviation 0.02, cut at two deviations; decays. */
        TRUNCATED_NORMAL(true, true),
        /** Normal with variance 2 / fan-in, for convolutions; decays. */
        FAN_IN(true, true),
        /** Normal with variance 1 / fan-in, for features of unit variance; decays. */
        UNIT_FAN_IN(true, true),
        /** All 0; biases. */
        ZEROS(true, false),
        /** All 1; scales and temperatures. */
        ONES(true, false),
        /** All {@code eta}; layer scale. */
        LAYER_SCALE(true, false),
        /** −2.25, so that the threshold softplus(θ) is about 0.1. */
        THRESHOLD(true, false),
        /** 1 on a group's own block of axes, 0.5 elsewhere. */
        MASK(true, false),
        /** The class token: as {@link #TRUNCATED_NORMAL}, but without decay. */
        TOKEN(true, false),
        /**
         * Running mean of a batch normalisation: starts at 0, follows the data, has no gradient.
         */
        RUNNING_MEAN(false, false),
        /** Running variance of a batch normalisation: starts at 1, follows the data. */
        RUNNING_VARIANCE(false, false),
        /** Mean of a feature over the training images: starts at 0, is measured before training. */
        FEATURE_MEAN(false, false),
        /** Deviation of a feature over the training images: starts at 1, is measured likewise. */
        FEATURE_DEVIATION(false, false),
        /**
         * Mean membership over the training images: starts at 1/K, is measured with the weights.
         */
        MEAN_MAP(false, false);

        private final boolean trained;
        private final boolean decayed;

        Init(boolean trained, boolean decayed) {
            this.trained = trained;
            this.decayed = decayed;
        }

        /** Whether gradient steps change it. */
        public boolean trained() {
            return trained;
        }

        /** Whether weight decay applies. */
        public boolean decayed() {
            return decayed;
        }
    }

    static ParameterSpec of(String name, Init init, int... shape) {
        return new ParameterSpec(name, init, Arrays.stream(shape).boxed().toList());
    }

    public ParameterSpec {
        shape = List.copyOf(shape);
    }

    /** Number of values. */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
