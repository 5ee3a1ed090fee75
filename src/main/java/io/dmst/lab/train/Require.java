package io.dmst.lab.train;

/** Checks of options. */
final class Require {

    private Require() {}

    static void that(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** That a value is in [0, 1). */
    static void share(double value, String what) {
        that(value >= 0 && value < 1, what + " must be in [0, 1), not " + value);
    }
}
