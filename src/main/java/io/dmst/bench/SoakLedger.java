package io.dmst.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts, of every kind of request, how it ended. Safe for use by several threads. */
final class SoakLedger {

    /** How a request ended, as the one who sent it sees it. */
    enum Verdict {
        /** With the answer that it must have. */
        RIGHT,
        /** The client left on purpose before there was an answer. */
        LEFT,
        /** With another answer than it must have. */
        WRONG,
        /** With more than one answer, or another's. */
        DOUBLE,
        /** Without an answer. */
        LOST
    }

    private static final int KEPT = 20;

    private final Map<String, Map<Verdict, LongAdder>> counts = new ConcurrentHashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private final LongAdder sent = new LongAdder();

    /**
     * Counts a request.
     *
     * @param requests that the server counts for it
     * @param detail for people, where the verdict is bad
     */
    void count(String kind, int requests, Verdict verdict, String detail) {
        sent.add(requests);
        counts.computeIfAbsent(kind, name -> new ConcurrentHashMap<>())
                .computeIfAbsent(verdict, name -> new LongAdder())
                .increment();
        if (verdict.compareTo(Verdict.LEFT) > 0) {
            synchronized (complaints) {
                if (complaints.size() < KEPT) {
                    complaints.add(kind + ": " + verdict + ", " + detail);
                }
            }
        }
    }

    /** Requests that the server may have counted. */
    long sent() {
        return sent.sum();
    }

    /** Counts of every kind. */
    SortedMap<String, Map<Verdict, Long>> counts() {
        SortedMap<String, Map<Verdict, Long>> all = new TreeMap<>();
        counts.forEach((kind, verdicts) -> {
            Map<Verdict, Long> some = new TreeMap<>();
            verdicts.forEach((verdict, count) -> some.put(verdict, count.sum()));
            all.put(kind, some);
        });
        return all;
    }

    /** The first bad ones. */
    List<String> complaints() {
        synchronized (complaints) {
            return List.copyOf(complaints);
        }
    }
}
