package io.dmst.rest;

import io.dmst.inference.Failure;
import io.dmst.oip.Inference;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
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
    private final Bodies bodies;
    private final OipJson json;

    OipInferController(Inference inference, Bodies bodies, OipJson json) {
        this.inference = inference;
        this.bodies = bodies;
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
        Exchange exchange = Exchanges.of(request);
        AtomicReference<@Nullable OipWire> wire = new AtomicReference<>();
        Checked<ResponseEntity<Object>> answer =
                RequestTimeout.asked(timeout)
                        .then(allowed ->
                                inference.infer(
                                        model,
                                        version,
                                        exchange,
                                        () ->
                                                bodies.whole(request, exchange)
                                                        .then(body ->
                                                                OipWire.of(
                                                                        json,
                                                                        body,
                                                                        jsonLength,
                                                                        allowed.orElse(null)))
                                                        .then(read -> {
                                                            wire.set(read);
                                                            return Checked.accepted(read.request());
                                                        })))
                        .then(inferred -> {
                            exchange.answered();
                            return Checked.accepted(
                                    OipInferred.response(
                                            inferred,
                                            java.util.Objects.requireNonNull(wire.get())));
                        });
        return switch (answer) {
            case Checked.Accepted<ResponseEntity<Object>>(ResponseEntity<Object> found) -> found;
            case Checked.Refused<ResponseEntity<Object>>(Failure failure) ->
                    Problems.answer(failure, exchange);
        };
    }
}
