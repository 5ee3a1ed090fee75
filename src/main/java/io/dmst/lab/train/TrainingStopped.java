package io.dmst.lab.train;

import java.io.IOException;

/** A training was told to stop while it prepared its images; what is prepared is kept. */
final class TrainingStopped extends IOException {

    private static final long serialVersionUID = 1;

    TrainingStopped() {
        super("the training was told to stop while its images were prepared");
    }
}
