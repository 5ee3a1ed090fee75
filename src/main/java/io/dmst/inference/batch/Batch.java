package io.dmst.inference.batch;

import java.util.List;

/** Requests of one kind to compute together; each batch is equal to itself alone. */
final class Batch {

    private final Kind kind;
    private final List<Entry> entries;

    /**
     * @param entries at least one, all of the kind, in the order of the queue
     */
    Batch(Kind kind, List<Entry> entries) {
        this.kind = kind;
        this.entries = List.copyOf(entries);
    }

    Kind kind() {
        return kind;
    }

    List<Entry> entries() {
        return entries;
    }
}
