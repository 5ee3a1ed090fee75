package io.dmst.bench;

import io.dmst.bench.SoakLedger.Verdict;

/** Sends one kind of request, one at a time, and knows what the answer must be. */
interface SoakVisitor {

    /**
     * How a request ended.
     *
     * @param verdict on it
     * @param detail for people
     */
    record Seen(Verdict verdict, String detail) {

        static final Seen RIGHT = new Seen(Verdict.RIGHT, "");
        static final Seen LEFT = new Seen(Verdict.LEFT, "");

        /** Right if the answer is among those that may come. */
        static Seen among(String came, String... right) {
            return java.util.List.of(right).contains(came) ? RIGHT : new Seen(Verdict.WRONG, came);
        }
    }

    /** Its name in the table. */
    String kind();

    /** Requests that the server counts for one of these. */
    default int requests() {
        return 1;
    }

    /** Sends a request; a failure of the transport means that it is lost. */
    Seen visit(String id) throws Exception;
}
