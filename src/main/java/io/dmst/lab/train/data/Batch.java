package io.dmst.lab.train.data;

import java.util.List;

/**
 * Images of one step, as pixels or as cached features.
 *
 * @param inputs one for each tensor that the network or its rest takes
 * @param targets {@code [B, classes]}, rows sum to 1
 * @param labels per image; of a mixed image the class of its larger share
 * @param weights per image, what its loss counts; mean 1 over an epoch
 */
@SuppressWarnings("ArrayRecordComponent") // made for one step, never compared
public record Batch(List<Input> inputs, float[] targets, int[] labels, float[] weights) {

    /**
     * One tensor of a batch.
     *
     * @param values {@code [B, shape…]}; pixels are 0 to 255
     * @param shape of one image's row; {@code [H, W, 3]} of pixels
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Input(float[] values, int[] shape) {

        public Input {
            shape = shape.clone();
        }

        /** Values of one image. */
        public int length() {
            return length(shape);
        }

        static int length(int[] shape) {
            int length = 1;
            for (int side : shape) {
                length = Math.multiplyExact(length, side);
            }
            return length;
        }
    }

    public Batch {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty() || labels.length == 0 || weights.length != labels.length) {
            throw new IllegalArgumentException(
                    "expected inputs, labels and as many weights, got %d, %d and %d"
                            .formatted(inputs.size(), labels.length, weights.length));
        }
        for (Input input : inputs) {
            if (input.values().length != labels.length * input.length()) {
                throw new IllegalArgumentException(
                        "expected %d values for each of %d images, got %d in all"
                                .formatted(input.length(), labels.length, input.values().length));
            }
        }
    }

    /** Images. */
    public int size() {
        return labels.length;
    }

    /** Targets times the weights of their rows, for a cross-entropy that counts them. */
    public float[] weightedTargets() {
        int classes = targets.length / size();
        float[] weighted = new float[targets.length];
        for (int i = 0; i < weighted.length; i++) {
            weighted[i] = targets[i] * weights[i / classes];
        }
        return weighted;
    }
}
