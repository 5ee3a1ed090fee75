package io.dmst.serve.http;

import io.dmst.serve.oip.Inference;
import io.dmst.serve.oip.InferenceStatistics;
import io.dmst.serve.oip.Repository;
import io.dmst.serve.predict.Predictor;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the Open Inference Protocol tells of the server and its models. Its paths are not in our own
 * contract, since the protocol has a published one.
 */
@RestController
@Hidden
class OipController {

    private final Inference inference;
    private final Repository repository;
    private final InferenceStatistics statistics;

    OipController(Inference inference, Repository repository, InferenceStatistics statistics) {
        this.inference = inference;
        this.repository = repository;
        this.statistics = statistics;
    }

    @GetMapping({"/v2", "/v2/"})
    @Contract(operation = "server")
    OipAnswers.Server server() {
        return OipAnswers.Server.here();
    }

    @GetMapping("/v2/health/live")
    @Contract(operation = "live")
    OipAnswers.Live live() {
        return new OipAnswers.Live(true);
    }

    @GetMapping("/v2/health/ready")
    @Contract(operation = "ready")
    ResponseEntity<Object> ready() {
        boolean ready = repository.ready();
        return stated(ready, new OipAnswers.Ready(ready));
    }

    /** The protocol has a status of 503 for what is there and not ready. */
    private static ResponseEntity<Object> stated(boolean ready, Object body) {
        return ResponseEntity.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .body(body);
    }

    @GetMapping({"/v2/models/{model}/ready", "/v2/models/{model}/versions/{version}/ready"})
    @Contract(operation = "model_ready")
    ResponseEntity<Object> modelReady(
            @PathVariable String model, @PathVariable(required = false) @Nullable String version) {
        boolean ready = repository.ready(model, version);
        return stated(ready, new OipAnswers.ModelReady(model, ready));
    }

    @GetMapping({"/v2/models/{model}", "/v2/models/{model}/versions/{version}"})
    @Contract(operation = "model")
    OipAnswers.Model model(
            HttpServletRequest request,
            @PathVariable String model,
            @PathVariable(required = false) @Nullable String version) {
        Predictor predictor = find(request, model, version);
        return OipAnswers.Model.of(
                predictor.model(),
                repository.versions(predictor.model()),
                inference.tensors(predictor));
    }

    @GetMapping({"/v2/models/{model}/config", "/v2/models/{model}/versions/{version}/config"})
    @Contract(operation = "model_config")
    OipAnswers.Config config(
            HttpServletRequest request,
            @PathVariable String model,
            @PathVariable(required = false) @Nullable String version) {
        Predictor predictor = find(request, model, version);
        return OipAnswers.Config.of(predictor.model(), inference.tensors(predictor));
    }

    private Predictor find(HttpServletRequest request, String model, @Nullable String version) {
        Predictor predictor = repository.model(model, version);
        HttpContext.of(request).recorder().model(predictor.model().name());
        return predictor;
    }

    @GetMapping({
        "/v2/models/stats",
        "/v2/models/{model}/stats",
        "/v2/models/{model}/versions/{version}/stats"
    })
    @Contract(operation = "statistics")
    OipAnswers.Stats statistics(
            @PathVariable(required = false) @Nullable String model,
            @PathVariable(required = false) @Nullable String version) {
        return OipAnswers.Stats.of(statistics.of(model, version));
    }
}
