package io.dmst.serve.http;

import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Names the operation before its parameters are read, so that their errors count as its own, and
 * refuses query parameters that the operation does not have. Safe for use by several threads.
 */
@Component
class OperationInterceptor implements HandlerInterceptor {

    /** Paths of protocols of others, whose clients may send more. */
    private static final String FOREIGN = "/v2";

    /** Looking annotations up costs more than all else here. */
    private final Map<Method, Optional<Operation>> operations = new ConcurrentHashMap<>();

    /**
     * An operation.
     *
     * @param name value of the metrics' label
     * @param parameters names of the query
     */
    private record Operation(String name, SortedSet<String> parameters) {}

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method) {
            operations
                    .computeIfAbsent(method.getMethod(), OperationInterceptor::operation)
                    .ifPresent(operation -> check(request, operation));
        }
        return true;
    }

    private static void check(HttpServletRequest request, Operation operation) {
        HttpContext.of(request).recorder().operation(operation.name());
        if (request.getRequestURI().startsWith(FOREIGN)) {
            return;
        }
        for (String name : request.getParameterMap().keySet()) {
            if (!operation.parameters().contains(name)) {
                throw new FailureException(
                        FailureCode.INVALID_ARGUMENT,
                        "unknown query parameter \"%s\"; this path takes %s"
                                .formatted(
                                        name.length() <= 80 ? name : "…",
                                        operation.parameters().isEmpty()
                                                ? "none"
                                                : String.join(", ", operation.parameters())));
            }
        }
    }

    private static Optional<Operation> operation(Method method) {
        return contract(method)
                .map(contract -> new Operation(contract.operation(), parameters(method)));
    }

    private static SortedSet<String> parameters(Method method) {
        SortedSet<String> names = new TreeSet<>();
        for (java.lang.reflect.Parameter parameter : method.getParameters()) {
            RequestParam query = parameter.getAnnotation(RequestParam.class);
            if (query != null) {
                names.add(query.name().isEmpty() ? parameter.getName() : query.name());
            }
        }
        if (method.isAnnotationPresent(ExplainParameters.class)) {
            for (Parameter documented :
                    ExplainParameters.class.getAnnotationsByType(Parameter.class)) {
                if (documented.in() == ParameterIn.QUERY) {
                    names.add(documented.name());
                }
            }
        }
        return names;
    }

    /** What the handler of a call promises; absent for those of others. */
    static Optional<Contract> contract(Method method) {
        return Optional.ofNullable(
                AnnotatedElementUtils.findMergedAnnotation(method, Contract.class));
    }
}
