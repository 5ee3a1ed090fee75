package io.dmst.image;

import java.util.ArrayList;
import java.util.List;

/**
 * Arrays that a resampling needs on the way, kept by its thread for the next one: some 100 KB for
 * each photograph, they would be the largest part of a service's garbage. What they hold is left
 * from the use before. For one thread, one resampling at a time.
 */
final class Workspace {

    /** In {@code int}s; what is needed above it, for large pictures of views, is not kept. */
    private static final int KEPT = 1 << 19;

    private static final ThreadLocal<Workspace> OWN = ThreadLocal.withInitial(Workspace::new);

    private final List<int[]> lines = new ArrayList<>();
    private byte[] bytes = {};
    private int taken;
    private int kept;

    private Workspace() {}

    /** The one of this thread, whose arrays are free again. */
    static Workspace own() {
        Workspace own = OWN.get();
        own.taken = 0;
        return own;
    }

    /** Bytes, as many or more; the same at each call. */
    byte[] bytes(int length) {
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        return bytes;
    }

    /** A line that nobody else has, as long or longer. */
    int[] line(int length) {
        int have = taken < lines.size() ? lines.get(taken).length : 0;
        if (have >= length) {
            return lines.get(taken++);
        }
        int[] line = new int[length];
        if (kept + length - have <= KEPT) {
            kept += length - have;
            if (have == 0) {
                lines.add(line);
            } else {
                lines.set(taken, line);
            }
            taken++;
        }
        return line;
    }
}
