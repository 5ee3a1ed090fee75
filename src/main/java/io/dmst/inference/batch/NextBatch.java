package io.dmst.inference.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the next batch, all of whom still wait. Newcomers join it as they come: forming it anew
 * for each of them would take a time that grows with the square of the batch. For one thread at a
 * time.
 */
final class NextBatch {

    private final List<Entry> members = new ArrayList<>();
    private @Nullable Batch batch;
    private long earliest;
    private boolean whole;
    private boolean stands;

    /** Begins anew, without anybody. */
    void clear() {
        members.clear();
        batch = null;
        earliest = Long.MAX_VALUE;
        whole = true;
        stands = true;
    }

    List<Entry> members() {
        return members;
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Of all members. */
    Kind kind() {
        return members.getFirst().kind();
    }

    /**
     * Takes the next one in the line's order, if there is room.
     *
     * @param most members
     * @return whether there was
     */
    boolean add(Entry entry, int most) {
        whole &= members.size() < most;
        if (whole) {
            members.add(entry);
            earliest = Math.min(earliest, entry.left(0));
            batch = null;
        }
        return whole;
    }

    /**
     * Hears of a newcomer in the line.
     *
     * @param most members, if he is one
     */
    void came(Entry entry, int most) {
        if (isEmpty() || Line.ORDER.compare(entry, members.getLast()) < 0) {
            stands = false;
        } else if (entry.kind() == kind()) {
            add(entry, most);
        }
    }

    /** Hears that somebody has left the line. */
    void left(Entry entry) {
        stands &=
                isEmpty()
                        || entry.kind() != kind()
                        || Line.ORDER.compare(entry, members.getLast()) > 0;
    }

    /**
     * Whether it would be the same if it was formed anew.
     *
     * @param most members
     * @param time that one needs, ns
     */
    boolean stands(int most, double time, long now) {
        return stands
                && earliest - now >= time
                && (whole ? members.size() <= most : members.size() == most);
    }

    /** The batch itself, the same object for as long as nobody joins. */
    Optional<Batch> batch() {
        if (batch == null && !members.isEmpty()) {
            batch = new Batch(kind(), members);
        }
        return Optional.ofNullable(batch);
    }
}
