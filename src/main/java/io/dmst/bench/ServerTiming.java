package io.dmst.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a server tells of an answer besides it, the same in HTTP's headers and in gRPC's. */
final class ServerTiming {

    static final String STAGES = "Server-Timing";
    static final String BATCH_SIZE = "x-batch-size";

    private static final Pattern STAGE = Pattern.compile("([\\w-]+)\\s*;\\s*dur=([\\d.]+)");

    private ServerTiming() {}

    /** Milliseconds of each stage; none where nothing is told. */
    static Map<String, Double> stages(@Nullable String told) {
        Map<String, Double> stages = new HashMap<>();
        Matcher stage = STAGE.matcher(told == null ? "" : told);
        while (stage.find()) {
            stages.put(stage.group(1), Double.parseDouble(stage.group(2)));
        }
        return stages;
    }

    /** Images that were computed together; 0 where nothing is told. */
    static int batchSize(@Nullable String told) {
        return told == null ? 0 : Integer.parseInt(told);
    }
}
