package io.dmst.pipeline;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Identifiers of requests: the caller's where it is harmless in a log and a header, else ours. */
final class RequestId {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

    private RequestId() {}

    static String of(@Nullable String given) {
        return given != null && HARMLESS.matcher(given).matches() ? given : made();
    }

    /** To be told apart, not to be kept secret: a secure generator would cost far more. */
    private static String made() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version4 = random.nextLong() & ~0xf000L | 0x4000L;
        long variant = random.nextLong() & ~(3L << 62) | 2L << 62;
        return new UUID(version4, variant).toString();
    }
}
