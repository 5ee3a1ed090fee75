package io.dmst.rest;

import io.dmst.inference.Failure;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.dmst.pipeline.Pipeline;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Sends those away whose image the model would refuse, before the framework looks for their
 * handler: a server that has too much to do must not spend what it has on refusing. Handlers say by
 * {@link Contract#refusesFirst()} that they want it, and their mappings for which paths. Safe for
 * use by several threads.
 */
@Component
@Order(RefusalFilter.ONCE_REQUESTS_ARE_COUNTED)
class RefusalFilter extends OncePerRequestFilter implements SmartInitializingSingleton {

    /** After the framework's own count of requests, and this one's exchange. */
    static final int ONCE_REQUESTS_ARE_COUNTED = Ordered.HIGHEST_PRECEDENCE + 2;

    /**
     * What a path is for.
     *
     * @param methods as HTTP names them
     */
    private record Asked(String operation, Set<String> methods) {}

    private final Pipeline pipeline;
    private final AnswerWriter writer;
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;
    private volatile Map<String, Asked> byPath = Map.of();

    RefusalFilter(
            Pipeline pipeline,
            AnswerWriter writer,
            ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.pipeline = pipeline;
        this.writer = writer;
        this.mappings = mappings;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Map<String, Asked> found = new HashMap<>();
        mappings.forEach(mapping ->
                mapping.getHandlerMethods()
                        .forEach((info, handler) ->
                                OperationInterceptor.contract(handler.getMethod())
                                        .filter(Contract::refusesFirst)
                                        .ifPresent(contract -> {
                                            Asked asked = asked(contract, info);
                                            info.getDirectPaths()
                                                    .forEach(path -> found.put(path, asked));
                                        })));
        byPath = Map.copyOf(found);
    }

    private static Asked asked(Contract contract, RequestMappingInfo info) {
        return new Asked(
                contract.operation(),
                info.getMethodsCondition().getMethods().stream()
                        .map(RequestMethod::name)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Asked asked = byPath.get(request.getServletPath());
        if (asked == null || !asked.methods().contains(request.getMethod())) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Failure> refusal = refusal(request);
        if (refusal.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        ServerHttpObservationFilter.findObservationContext(request)
                .ifPresent(observed -> observed.setPathPattern(request.getServletPath()));
        Exchange exchange = Exchanges.of(request);
        exchange.operation(asked.operation());
        writer.write(Problems.answer(refusal.get(), exchange), response);
    }

    /** A request that is wrong in itself is told so by its handler. */
    private Optional<Failure> refusal(HttpServletRequest request) {
        Checked<Optional<Duration>> allowed =
                RequestTimeout.asked(request.getHeader(RequestTimeout.HEADER));
        return switch (allowed) {
            case Checked.Refused<Optional<Duration>> wrong -> Optional.empty();
            case Checked.Accepted<Optional<Duration>>(Optional<Duration> time) ->
                    pipeline.refusal(
                            request.getParameter("model"),
                            request.getParameter("version"),
                            time.orElse(null),
                            Exchanges.of(request));
        };
    }
}
