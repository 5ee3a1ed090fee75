package io.dmst.rest;

import static io.dmst.inference.FailureCode.INVALID_ARGUMENT;

import io.dmst.oip.Repository;
import io.dmst.pipeline.Checked;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Triton's extension about models: which there are, and to put them in and out of service. */
@RestController
@Hidden
class OipRepositoryController {

    private final Repository repository;
    private final Bodies bodies;

    OipRepositoryController(Repository repository, Bodies bodies) {
        this.repository = repository;
        this.bodies = bodies;
    }

    @PostMapping("/v2/repository/index")
    @Contract(operation = "index")
    ResponseEntity<Object> index(HttpServletRequest request) {
        return OipController.answer(
                request,
                body(request)
                        .then(json -> repository.index("", json.path("ready").asBoolean(false)))
                        .then(entries -> Checked.accepted(OipAnswers.Stored.of(entries))));
    }

    @PostMapping("/v2/repository/models/{model}/load")
    @Contract(operation = "load")
    ResponseEntity<Object> load(HttpServletRequest request, @PathVariable String model) {
        return OipController.answer(
                request,
                body(request)
                        .then(json -> repository.load("", model, parameters(json)))
                        .then(loaded -> Checked.accepted(Map.of())));
    }

    @PostMapping("/v2/repository/models/{model}/unload")
    @Contract(operation = "unload")
    ResponseEntity<Object> unload(HttpServletRequest request, @PathVariable String model) {
        return OipController.answer(
                request,
                body(request)
                        .then(json -> repository.unload("", model))
                        .then(unloaded -> Checked.accepted(Map.of())));
    }

    private static Set<String> parameters(JsonNode json) {
        return new HashSet<>(json.path("parameters").propertyNames());
    }

    /** An object; an empty one where there is no body. */
    private Checked<JsonNode> body(HttpServletRequest request) {
        return bodies.whole(request, Exchanges.of(request)).then(OipRepositoryController::object);
    }

    private static Checked<JsonNode> object(byte[] body) {
        if (body.length == 0) {
            return Checked.accepted(JsonMapper.shared().createObjectNode());
        }
        try {
            JsonNode json = JsonMapper.shared().readTree(body);
            if (json.isObject()) {
                return Checked.accepted(json);
            }
        } catch (JacksonException e) {
            // answered as what is no object
        }
        return Checked.refused(INVALID_ARGUMENT, "the body must be a JSON object, or absent");
    }
}
