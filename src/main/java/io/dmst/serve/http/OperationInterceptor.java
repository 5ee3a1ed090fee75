package io.dmst.serve.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Names the operation before its parameters are read, so that their errors count as its own. Safe
 * for use by several threads.
 */
@Component
class OperationInterceptor implements HandlerInterceptor {

    /** Looking an annotation up costs more than all else here. */
    private final Map<Method, Optional<Contract>> contracts = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method) {
            contracts
                    .computeIfAbsent(method.getMethod(), OperationInterceptor::contract)
                    .ifPresent(contract ->
                            HttpContext.of(request).recorder().operation(contract.operation()));
        }
        return true;
    }

    /** What the handler of a call promises; absent for those of others. */
    static Optional<Contract> contract(Method method) {
        return Optional.ofNullable(
                AnnotatedElementUtils.findMergedAnnotation(method, Contract.class));
    }
}
