package io.dmst.serve.http;

import io.dmst.serve.metrics.LogKey;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.RequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives every request its id, its log key and its metrics, and frees its body's memory. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestRecordingFilter extends OncePerRequestFilter {

    private final MeterRegistry meters;
    private final ConnectionsDrain drain;

    RequestRecordingFilter(MeterRegistry meters, ConnectionsDrain drain) {
        this.meters = meters;
        this.drain = drain;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        drain.requestStarted();
        RequestContext context = HttpContext.of(request);
        response.setHeader(HttpContext.REQUEST_ID, context.requestId());
        if (drain.draining()) {
            response.setHeader(HttpHeaders.CONNECTION, "close");
        }
        try (MDC.MDCCloseable ignored =
                MDC.putCloseable(LogKey.REQUEST_ID.key(), context.requestId())) {
            chain.doFilter(new QueryOnlyRequest(request), response);
        } catch (ServletException | IOException | RuntimeException e) {
            context.recorder().failed(FailureCode.INTERNAL);
            throw e;
        } finally {
            BodyReader.release(request);
            context.recorder().record(meters, context.elapsed());
            drain.requestFinished();
        }
    }
}
