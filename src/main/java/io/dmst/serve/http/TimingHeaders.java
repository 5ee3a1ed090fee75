package io.dmst.serve.http;

import io.dmst.serve.predict.RequestRecorder;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Sets the headers that tell where the time of a request went, on every answer of an operation. */
@RestControllerAdvice
class TimingHeaders implements ResponseBodyAdvice<Object> {

    private final ConnectionsDrain drain;

    TimingHeaders(ConnectionsDrain drain) {
        this.drain = drain;
    }

    @Override
    public boolean supports(
            MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returned,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (drain.draining()) {
            // the request arrived before the process began to stop
            response.getHeaders().set(HttpHeaders.CONNECTION, "close");
        }
        if (request instanceof ServletServerHttpRequest servlet) {
            RequestRecorder recorder = HttpContext.of(servlet.getServletRequest()).recorder();
            if (recorder.operation() != null) {
                HttpHeaders headers = response.getHeaders();
                headers.set(HttpContext.SERVER_TIMING, recorder.serverTiming());
                headers.set(HttpContext.BATCH_SIZE, String.valueOf(recorder.batchSize()));
                if (recorder.fallback()) {
                    headers.set(HttpContext.SERVED_BY, "fallback");
                }
            }
        }
        return body;
    }
}
