package io.dmst.pipeline;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Identifiers of requests: the caller's where it is harmless in a log and a header, else ours. */
final class RequestId {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

    private RequestId() {}

    static String of(@Nullable String given) {
        return given != null && HARMLESS.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
    }
}
