package io.dmst.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a request by HTTP ended.
 *
 * @param status of the response; 0 without one
 * @param code {@code OK}, the problem's code, or {@link #LOST} or {@link #NOT_CONNECTED}
 * @param requestId that the response names; empty if it names none
 * @param body of the response, or the client's failure
 * @param nanos from the time at which it was to be sent to its end
 */
record Reply(int status, String code, String requestId, String body, long nanos) {

    /** The request was sent and has no response. */
    static final String LOST = "LOST";

    /** There was no connection, and so nothing was sent. */
    static final String NOT_CONNECTED = "NOT_CONNECTED";

    static Reply of(HttpResponse<String> response, long nanos) {
        return new Reply(
                response.statusCode(),
                code(response),
                response.headers().firstValue("X-Request-Id").orElse(""),
                response.body(),
                nanos);
    }

    static Reply of(IOException failure, long nanos) {
        String code = failure instanceof ConnectException ? NOT_CONNECTED : LOST;
        return new Reply(0, code, "", failure.toString(), nanos);
    }

    /** The documented pair of status and code, or both in full, which no test accepts. */
    private static String code(HttpResponse<String> response) {
        int status = response.statusCode();
        if (status == 200) {
            return "OK";
        }
        String code = problemCode(response.body());
        boolean retryAfter = response.headers().firstValue("Retry-After").isPresent();
        boolean documented =
                switch (code) {
                    case "OVERLOADED" -> status == 429 && retryAfter;
                    case "NOT_READY" -> status == 503 && retryAfter;
                    case "DEADLINE_EXCEEDED" -> status == 504 || status == 408;
                    case "" -> false;
                    default -> status < 500;
                };
        return documented ? code : "%d %s, Retry-After: %s".formatted(status, code, retryAfter);
    }

    private static String problemCode(String body) {
        try {
            return JsonMapper.shared().readTree(body).path("code").asString("");
        } catch (JacksonException notJson) {
            return "";
        }
    }

    boolean ok() {
        return code.equals("OK");
    }

    /** Whether it was refused by overload or deadline, as documented. */
    boolean refused() {
        return code.equals("OVERLOADED") || code.equals("DEADLINE_EXCEEDED");
    }

    /** The results of a classification as JSON, without what differs from request to request. */
    String results() {
        return JsonMapper.shared().readTree(body).path("results").toString();
    }
}
