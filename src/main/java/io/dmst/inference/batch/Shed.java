package io.dmst.inference.batch;

import java.util.Locale;

/** Why a request got no prediction though the engine did not fail on it. */
enum Shed {
    QUEUE_FULL,
    PREDICTED_LATE,
    DEADLINE,
    CANCELLED,
    NOT_READY;

    /** Its value of the metric's label. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
