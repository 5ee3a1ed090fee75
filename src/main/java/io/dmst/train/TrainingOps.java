package io.dmst.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.djl.DjlOps;
import java.util.random.RandomGenerator;

/** The operations of a training step: batch statistics, and stochastic depth (arXiv 1603.09382). */
final class TrainingOps extends DjlOps {

    private final double dropProbability;
    private final RandomGenerator random;

    TrainingOps(NDManager step, double dropProbability, RandomGenerator random) {
        super(step, true);
        this.dropProbability = dropProbability;
        this.random = random;
    }

    @Override
    public NDArray dropPath(NDArray branch) {
        if (dropProbability == 0) {
            return branch;
        }
        int batch = Math.toIntExact(branch.getShape().get(0));
        float[] kept = new float[batch];
        for (int i = 0; i < batch; i++) {
            kept[i] =
                    random.nextDouble() < dropProbability ? 0 : (float) (1 / (1 - dropProbability));
        }
        return branch.mul(constant(kept, batch, 1, 1));
    }
}
