package io.dmst.lab.train.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Bad data that was found: named and skipped, or refused. Thread-safe. */
final class DataProblems {

    private static final int SHOWN = 20;

    private final List<String> found = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    synchronized void add(String problem) {
        found.add(problem);
    }

    /** What must be said and is no reason to refuse. */
    synchronized void note(String note) {
        notes.add(note);
    }

    synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    synchronized List<String> found() {
        return List.copyOf(found);
    }

    /**
     * Ends the reading of a data set.
     *
     * @throws IOException naming the problems, if there are any and the policy is to refuse
     */
    void settle(BadData policy, Consumer<String> log) throws IOException {
        List<String> all = found();
        if (all.isEmpty()) {
            return;
        }
        List<String> shown = all.subList(0, Math.min(SHOWN, all.size()));
        String more = all.size() > SHOWN ? "\n  and " + (all.size() - SHOWN) + " more" : "";
        String text = "\n  " + String.join("\n  ", shown) + more;
        if (policy == BadData.REFUSE) {
            throw new IOException("the data set has " + all.size() + " problems:" + text);
        }
        log.accept("skipped, because of " + all.size() + " problems in the data set:" + text);
    }
}
