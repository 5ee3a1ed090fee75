package io.dmst.serve.http;

import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.RequestContext;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The one table from failures to HTTP statuses, and the problem answers made of it. */
final class ProblemAnswers {

    /** Paths of a protocol that has a form of its own for failures. */
    private static final Pattern OPEN_INFERENCE = Pattern.compile("/v2(/.*)?");

    private ProblemAnswers() {}

    /** The HTTP status of a failure. */
    static HttpStatus status(FailureCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> HttpStatus.BAD_REQUEST;
            case INVALID_IMAGE -> HttpStatus.UNPROCESSABLE_CONTENT;
            case UNSUPPORTED_MEDIA_TYPE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case UNKNOWN_MODEL -> HttpStatus.NOT_FOUND;
            case OVERLOADED -> HttpStatus.TOO_MANY_REQUESTS;
            case DEADLINE_EXCEEDED -> HttpStatus.GATEWAY_TIMEOUT;
            case NOT_READY -> HttpStatus.SERVICE_UNAVAILABLE;
            case UPSTREAM_UNAVAILABLE -> HttpStatus.BAD_GATEWAY;
            case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }

    /** The failure that a status of the framework's own stands for. */
    static FailureCode code(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> FailureCode.UNAUTHENTICATED;
            case 403 -> FailureCode.FORBIDDEN;
            case 413 -> FailureCode.TOO_LARGE;
            case 415 -> FailureCode.UNSUPPORTED_MEDIA_TYPE;
            case 429 -> FailureCode.OVERLOADED;
            case 503 -> FailureCode.NOT_READY;
            case 504 -> FailureCode.DEADLINE_EXCEEDED;
            default ->
                    status.is5xxServerError() ? FailureCode.INTERNAL : FailureCode.INVALID_ARGUMENT;
        };
    }

    /** The answer to a failure. */
    static ResponseEntity<Object> answer(Failure failure, RequestContext context) {
        return answer(failure, status(failure.code()), new HttpHeaders(), context);
    }

    /**
     * The answer to a failure whose status says more than its code.
     *
     * @param headers that the answer carries besides those of every problem
     */
    static ResponseEntity<Object> answer(
            Failure failure, HttpStatusCode status, HttpHeaders headers, RequestContext context) {
        context.recorder().failed(failure.code());
        HttpHeaders all = new HttpHeaders();
        all.putAll(headers);
        boolean ours = !OPEN_INFERENCE.matcher(context.path()).matches();
        all.setContentType(ours ? MediaType.APPLICATION_PROBLEM_JSON : MediaType.APPLICATION_JSON);
        failure.tryAgain()
                .ifPresent(delay ->
                        all.set(
                                HttpHeaders.RETRY_AFTER,
                                String.valueOf(Math.max(1, delay.toSeconds()))));
        Object body =
                ours ? problem(failure, status, context) : new OipAnswers.Failed(failure.detail());
        return new ResponseEntity<>(body, all, status);
    }

    private static Problem problem(Failure failure, HttpStatusCode status, RequestContext context) {
        HttpStatus known = HttpStatus.resolve(status.value());
        return new Problem(
                "about:blank",
                known == null ? "Error" : known.getReasonPhrase(),
                status.value(),
                failure.detail(),
                context.path(),
                failure.code(),
                context.requestId());
    }
}
