package io.dmst.lab.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.dmst.djl.DjlOps;
import java.util.random.RandomGenerator;

/**
 * The operations of a training step: statistics of the batch, stochastic depth (arXiv 1603.09382)
 * and token dropout.
 */
final class TrainingOps extends DjlOps {

    private final Regularisation settings;
    private final RandomGenerator random;

    TrainingOps(NDManager step, Regularisation settings, RandomGenerator random) {
        super(step, true);
        this.settings = settings;
        this.random = random;
    }

    @Override
    public NDArray dropPath(NDArray branch) {
        if (settings.dropPath() == 0) {
            return branch;
        }
        int batch = Math.toIntExact(branch.getShape().get(0));
        float[] kept = new float[batch];
        for (int i = 0; i < batch; i++) {
            kept[i] =
                    random.nextDouble() < settings.dropPath()
                            ? 0
                            : (float) (1 / (1 - settings.dropPath()));
        }
        return branch.mul(constant(kept, batch, 1, 1));
    }

    @Override
    public NDArray dropTokens(NDArray tokens) {
        if (settings.tokenDropout() == 0) {
            return tokens;
        }
        int batch = Math.toIntExact(tokens.getShape().get(0));
        int n = Math.toIntExact(tokens.getShape().get(1));
        float[] kept = new float[batch * n];
        float[] dropped = new float[batch * n];
        for (int i = 0; i < batch; i++) {
            double share = random.nextDouble() * settings.tokenDropout();
            for (int j = i * n; j < (i + 1) * n; j++) {
                kept[j] = random.nextDouble() < share ? 0 : 1;
                dropped[j] = 1 - kept[j];
            }
        }
        NDArray mean = tokens.mean(new int[] {0}, true).mean(new int[] {1}, true);
        return tokens.mul(constant(kept, batch, n, 1))
                .add(constant(dropped, batch, n, 1).mul(mean));
    }

    @Override
    public NDArray meanImage(NDArray value, NDArray stored) {
        return value.mean(new int[] {0}, true);
    }
}
