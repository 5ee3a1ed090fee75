package io.dmst.rest;

import io.dmst.inference.Failure;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.Pipeline;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Names the operation before its parameters are read, so that their errors count as its own, and
 * sends those away whose image the model would refuse: a server that has too much to do must not
 * spend what it has on refusing. Safe for use by several threads.
 */
@Component
class OperationInterceptor implements HandlerInterceptor {

    private final Pipeline pipeline;

    /** Looking an annotation up costs more than all else here. */
    private final Map<Method, Optional<Contract>> contracts = new ConcurrentHashMap<>();

    OperationInterceptor(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (!(handler instanceof HandlerMethod method)) {
            return true;
        }
        Optional<Contract> contract =
                contracts.computeIfAbsent(method.getMethod(), OperationInterceptor::contract);
        if (contract.isEmpty()) {
            return true;
        }
        Exchange exchange = Exchanges.of(request);
        exchange.operation(contract.get().operation());
        Optional<Failure> refusal =
                contract.get().refusesFirst() ? refusal(request, exchange) : Optional.empty();
        if (refusal.isPresent()) {
            Problems.write(Problems.answer(refusal.get(), exchange), response);
        }
        return refusal.isEmpty();
    }

    private static Optional<Contract> contract(Method method) {
        return Optional.ofNullable(
                AnnotatedElementUtils.findMergedAnnotation(method, Contract.class));
    }

    /** A request that is wrong in itself is told so by its handler. */
    private Optional<Failure> refusal(HttpServletRequest request, Exchange exchange) {
        Checked<Optional<Duration>> allowed =
                RequestTimeout.asked(request.getHeader(RequestTimeout.HEADER));
        return switch (allowed) {
            case Checked.Refused<Optional<Duration>> wrong -> Optional.empty();
            case Checked.Accepted<Optional<Duration>>(Optional<Duration> time) ->
                    pipeline.refusal(
                            request.getParameter("model"),
                            request.getParameter("version"),
                            time.orElse(null),
                            exchange);
        };
    }
}
