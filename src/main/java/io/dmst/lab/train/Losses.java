package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;

/** The loss and the hits of a batch. */
final class Losses {

    private Losses() {}

    /**
     * Mean cross-entropy against soft targets, in nats.
     *
     * @param logits {@code [B, classes]}
     * @param targets {@code [B, classes]}, rows sum to 1
     */
    static NDArray crossEntropy(NDArray logits, NDArray targets) {
        // an array, which the step owns: a plain number is freed before its gradient is computed
        NDArray share = logits.getManager().create(-1f / logits.getShape().get(0));
        return logits.logSoftmax(1).mul(targets).sum().mul(share);
    }

    /**
     * Mean cross-entropy against soft targets and against a teacher, as {@link Distillation} says.
     *
     * @param logits {@code [B, classes]}
     * @param targets {@code [B, classes]}
     * @param soft what the teacher says, {@code [B, classes]}
     */
    static NDArray distilled(
            NDArray logits, NDArray targets, NDArray soft, Distillation distillation) {
        double T = distillation.temperature();
        NDArray cooler = logits.getManager().create((float) (1 / T));
        NDArray labels = logits.getManager().create((float) (1 - distillation.share()));
        NDArray teacher = logits.getManager().create((float) (distillation.share() * T * T));
        NDArray ofLabels = crossEntropy(logits, targets).mul(labels);
        return ofLabels.add(crossEntropy(logits.mul(cooler), soft).mul(teacher));
    }

    /**
     * Mean cross-entropy against classes, in nats.
     *
     * @param logits {@code [B, classes]}
     */
    static double ofLabels(NDArray logits, int... labels) {
        float[] logs = logits.logSoftmax(1).toFloatArray();
        int classes = logs.length / labels.length;
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            sum -= logs[i * classes + labels[i]];
        }
        return sum / labels.length;
    }

    /** How many rows have their largest logit at their label. */
    static int correct(NDArray logits, int[] labels) {
        long[] best = logits.argMax(1).toLongArray();
        int correct = 0;
        for (int i = 0; i < labels.length; i++) {
            if (best[i] == labels[i]) {
                correct++;
            }
        }
        return correct;
    }
}
