package io.dmst.serve.http;

import io.dmst.serve.predict.BodyTimeoutException;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.RequestContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Maps failures, errors of the framework and internal errors to problem answers. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception exception,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest web) {
        if (!(web instanceof ServletWebRequest servlet)
                || servlet.getResponse() == null
                || servlet.getResponse().isCommitted()) {
            return null;
        }
        RequestContext context = HttpContext.of(servlet.getRequest());
        if (status.is5xxServerError()) {
            log.error("request {}: {}", context.requestId(), status, exception);
        }
        Failure failure =
                new Failure(ProblemAnswers.code(status), detail(exception, servlet.getRequest()));
        return ProblemAnswers.answer(failure, status, headers, context);
    }

    private static String detail(Exception exception, HttpServletRequest request) {
        return switch (exception) {
            case MethodArgumentTypeMismatchException mismatch ->
                    "the parameter %s is of the wrong kind: it must be %s"
                            .formatted(mismatch.getName(), kind(mismatch));
            case HttpRequestMethodNotSupportedException method ->
                    "the method %s is not for this path; use %s"
                            .formatted(method.getMethod(), allowed(method));
            case HttpMediaTypeNotAcceptableException accept ->
                    "the answer cannot be what the header Accept asks for; it can be "
                            + accept.getSupportedMediaTypes();
            case NoResourceFoundException missing ->
                    "there is nothing at this path; /swagger-ui lists what there is";
            default -> "the request is malformed; /swagger-ui shows what is expected";
        };
    }

    private static String kind(TypeMismatchException mismatch) {
        Class<?> type = mismatch.getRequiredType();
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        return type == int.class || type == Integer.class ? "a whole number" : "a simple value";
    }

    private static String allowed(HttpRequestMethodNotSupportedException method) {
        Set<HttpMethod> methods = method.getSupportedHttpMethods();
        return methods == null
                ? "another one"
                : methods.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
    }

    /** Answers an expected failure. */
    @ExceptionHandler(FailureException.class)
    ResponseEntity<Object> failure(FailureException exception, ServletWebRequest web) {
        return ProblemAnswers.answer(
                exception.failure(),
                exception instanceof BodyTimeoutException
                        ? HttpStatus.REQUEST_TIMEOUT
                        : ProblemAnswers.status(exception.failure().code()),
                new HttpHeaders(),
                HttpContext.of(web.getRequest()));
    }

    /** Answers an internal error: the log has the details, the answer only the request's id. */
    @ExceptionHandler(Exception.class)
    @Nullable ResponseEntity<Object> internal(Exception exception, ServletWebRequest web) {
        RequestContext context = HttpContext.of(web.getRequest());
        log.error("request {}: internal error", context.requestId(), exception);
        if (web.getResponse() == null || web.getResponse().isCommitted()) {
            return null;
        }
        return ProblemAnswers.answer(Failure.internal(), context);
    }
}
