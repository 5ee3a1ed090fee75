package io.dmst.rest;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what handlers of ours answer: bytes as they are, and everything else as JSON.
 *
 * <p>The framework would ask a dozen ways of answering whether this is theirs, negotiate the type
 * anew and look for a converter, which takes longer than all that the handler itself does on its
 * thread. Which types a client accepts has been settled by the handler's mapping, or by the
 * handler. Safe for use by several threads.
 */
@Component
final class AnswerWriter implements HandlerMethodReturnValueHandler, SmartInitializingSingleton {

    private final ObjectProvider<RequestMappingHandlerAdapter> handlers;
    private final JsonMapper json;

    AnswerWriter(ObjectProvider<RequestMappingHandlerAdapter> handlers, JsonMapper json) {
        this.handlers = handlers;
        this.json = json;
    }

    /** Takes its place before the framework's own. */
    @Override
    public void afterSingletonsInstantiated() {
        RequestMappingHandlerAdapter adapter = handlers.getObject();
        List<HandlerMethodReturnValueHandler> all = new ArrayList<>();
        all.add(this);
        all.addAll(Objects.requireNonNull(adapter.getReturnValueHandlers()));
        adapter.setReturnValueHandlers(all);
    }

    @Override
    public boolean supportsReturnType(MethodParameter returned) {
        return returned.getParameterType() == ResponseEntity.class
                && returned.getContainingClass()
                        .getPackageName()
                        .equals(AnswerWriter.class.getPackageName());
    }

    @Override
    public void handleReturnValue(
            @Nullable Object value,
            MethodParameter returned,
            ModelAndViewContainer view,
            NativeWebRequest request)
            throws IOException {
        view.setRequestHandled(true);
        ResponseEntity<?> answer = (ResponseEntity<?>) Objects.requireNonNull(value);
        write(answer, Objects.requireNonNull(request.getNativeResponse(HttpServletResponse.class)));
    }

    /** Writes an answer; also where no handler can. */
    void write(ResponseEntity<?> answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.getStatusCode().value());
        answer.getHeaders()
                .forEach(
                        (name, values) -> values.forEach(value -> response.addHeader(name, value)));
        Object body = answer.getBody();
        if (body instanceof byte[] bytes) {
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        } else if (body != null) {
            if (response.getContentType() == null) {
                response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            }
            json.writeValue(response.getOutputStream(), body);
        }
    }
}
