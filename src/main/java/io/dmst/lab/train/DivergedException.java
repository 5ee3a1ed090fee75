package io.dmst.lab.train;

import java.io.IOException;
import java.nio.file.Path;

/** The loss or its gradient is no number any more; the last good checkpoint is kept. */
public final class DivergedException extends IOException {

    private static final long serialVersionUID = 1;

    DivergedException(long step, int epoch, Path out) {
        super(
                ("the loss or its gradient is not finite at step %d (epoch %d). The state of the last whole epoch is"
                                + " kept in %s; start again from there with a lower --learning-rate"
                                + " or a smaller --clip-norm.")
                        .formatted(step, epoch, out));
    }
}
