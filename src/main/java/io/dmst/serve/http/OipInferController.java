package io.dmst.serve.http;

import io.dmst.serve.oip.InferAnswer;
import io.dmst.serve.oip.Inference;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.RequestContext;
import io.dmst.serve.predict.RequestProperties;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Inference by the Open Inference Protocol. */
@RestController
@Hidden
class OipInferController {

    private final Inference inference;
    private final ImagePipeline pipeline;
    private final BodyReader bodies;
    private final RequestProperties limits;
    private final OipJson json;

    OipInferController(
            Inference inference,
            ImagePipeline pipeline,
            BodyReader bodies,
            RequestProperties limits,
            OipJson json) {
        this.inference = inference;
        this.pipeline = pipeline;
        this.bodies = bodies;
        this.limits = limits;
        this.json = json;
    }

    @PostMapping({"/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer"})
    @Contract(operation = "infer")
    ResponseEntity<Object> infer(
            HttpServletRequest request,
            @PathVariable String model,
            @PathVariable(required = false) @Nullable String version,
            @RequestHeader(name = OipWire.HEADER, required = false) @Nullable String jsonLength,
            @RequestHeader(name = RequestTimeout.HEADER, required = false)
                    @Nullable String timeout) {
        RequestContext context = HttpContext.of(request);
        Duration allowed = RequestTimeout.asked(timeout);
        AtomicReference<@Nullable OipWire> wire = new AtomicReference<>();
        InferAnswer answer =
                inference.infer(
                        model,
                        version,
                        allowed,
                        context,
                        () -> {
                            byte[] body =
                                    bodies.read(
                                            request,
                                            limits.maxSize(),
                                            pipeline.deadline(allowed, context));
                            OipWire read = OipWire.of(json, body, jsonLength, allowed);
                            wire.set(read);
                            return read.request();
                        });
        context.recorder().answered();
        return OipInferred.response(answer, Objects.requireNonNull(wire.get()));
    }
}
