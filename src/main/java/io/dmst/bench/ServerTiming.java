package io.dmst.bench;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server tells of an answer besides it, the same in HTTP's headers and in gRPC's. */
final class ServerTiming {

    static final String STAGES = "Server-Timing";
    static final String BATCH_SIZE = "x-batch-size";

    private static final String DURATION = "dur=";

    private ServerTiming() {}

    /**
     * Milliseconds of each stage; none where nothing is told. What tells no number is left out.
     *
     * @param told comma-separated, each a name and parameters of which {@code dur} is one, as in
     *     the W3C's Server Timing
     */
    static Map<String, Double> stages(@Nullable String told) {
        if (told == null) {
            return Map.of();
        }
        Map<String, Double> stages = new HashMap<>();
        for (int from = 0; from < told.length(); ) {
            int comma = told.indexOf(',', from);
            int to = comma < 0 ? told.length() : comma;
            add(told.substring(from, to), stages);
            from = to + 1;
        }
        return stages;
    }

    // not by a regular expression: that was 6 % of what a request took the client
    private static void add(String stage, Map<String, Double> stages) {
        int name = stage.indexOf(';');
        int duration = stage.indexOf(DURATION, name + 1);
        if (name < 0 || duration < 0) {
            return;
        }
        int next = stage.indexOf(';', duration);
        String number =
                stage.substring(duration + DURATION.length(), next < 0 ? stage.length() : next);
        try {
            stages.put(stage.substring(0, name).strip(), Double.parseDouble(number));
        } catch (NumberFormatException e) {
            return;
        }
    }

    /** Images that were computed together; 0 where nothing is told, or what is no number. */
    static int batchSize(@Nullable String told) {
        try {
            return told == null ? 0 : Integer.parseInt(told);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
