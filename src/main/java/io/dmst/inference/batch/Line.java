package io.dmst.inference.batch;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Those who wait, in the order of their ranks and counted by kind. For one thread at a time. */
final class Line implements Iterable<Entry> {

    /** Of who goes first; those of one rank go as they came. */
    static final Comparator<Entry> ORDER =
            Comparator.comparingLong(Entry::rank).thenComparingLong(entry -> entry.order);

    private final NavigableSet<Entry> entries = new TreeSet<>(ORDER);
    private final int[] counts = new int[Kind.values().length];

    void add(Entry entry) {
        if (entries.add(entry)) {
            counts[entry.kind().ordinal()]++;
        }
    }

    /** Whether it waited until now. */
    boolean remove(Entry entry) {
        boolean waited = entries.remove(entry);
        if (waited) {
            counts[entry.kind().ordinal()]--;
        }
        return waited;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    /** How many of each kind, by its ordinal. */
    int[] counts() {
        return counts.clone();
    }

    /**
     * How many of each kind go before one who does not wait himself, by the kind's ordinal. Those
     * behind are told off, since behind a newcomer there are few.
     */
    int[] ahead(Entry entry) {
        int[] ahead = counts();
        if (!entries.isEmpty() && ORDER.compare(entries.last(), entry) > 0) {
            entries.tailSet(entry).forEach(behind -> ahead[behind.kind().ordinal()]--);
        }
        return ahead;
    }

    List<Entry> copy() {
        return List.copyOf(entries);
    }

    @Override
    public Iterator<Entry> iterator() {
        return entries.iterator();
    }
}
