package io.dmst.cli;

import org.jspecify.annotations.Nullable;

/** Options that a user may leave out. */
final class Absent {

    private Absent() {}

    static <T> T or(@Nullable T given, T base) {
        return given == null ? base : given;
    }
}
