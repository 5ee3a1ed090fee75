package io.dmst.rest;

import io.dmst.inference.FailureCode;
import io.dmst.observability.LogKey;
import io.dmst.pipeline.BodyBudget;
import io.dmst.pipeline.Exchange;
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

/** Opens and closes the {@link Exchange} of every request: its id, its log key, its metrics. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ExchangeFilter extends OncePerRequestFilter {

    private final MeterRegistry meters;
    private final BodyBudget budget;
    private final ConnectionsDrain drain;

    ExchangeFilter(MeterRegistry meters, BodyBudget budget, ConnectionsDrain drain) {
        this.meters = meters;
        this.budget = budget;
        this.drain = drain;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        drain.came();
        Exchange exchange = Exchanges.of(request);
        exchange.caller(CallerValve.gone(request));
        response.setHeader(Exchanges.REQUEST_ID, exchange.requestId());
        try (MDC.MDCCloseable ignored =
                MDC.putCloseable(LogKey.REQUEST_ID.key(), exchange.requestId())) {
            chain.doFilter(
                    new QueryOnlyRequest(request),
                    new UnflushedResponse(response, () -> tell(exchange, response)));
        } catch (ServletException | IOException | RuntimeException e) {
            exchange.failed(FailureCode.INTERNAL);
            throw e;
        } finally {
            budget.release(exchange.bodyBytes());
            exchange.record(meters);
            drain.went();
        }
    }

    private void tell(Exchange exchange, HttpServletResponse response) {
        Exchanges.tell(exchange, response);
        // the request had come before the process began to stop; in other answers Tomcat says so
        if (drain.draining()) {
            response.setHeader(HttpHeaders.CONNECTION, "close");
        }
    }
}
