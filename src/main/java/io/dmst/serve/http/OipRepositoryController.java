package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INVALID_ARGUMENT;

import io.dmst.serve.oip.Repository;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.ImagePipeline;
import io.dmst.serve.predict.RequestProperties;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
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
    private final BodyReader bodies;
    private final ImagePipeline pipeline;
    private final RequestProperties limits;

    OipRepositoryController(
            Repository repository,
            BodyReader bodies,
            ImagePipeline pipeline,
            RequestProperties limits) {
        this.repository = repository;
        this.bodies = bodies;
        this.pipeline = pipeline;
        this.limits = limits;
    }

    @PostMapping("/v2/repository/index")
    @Contract(operation = "index")
    List<OipAnswers.Stored> index(HttpServletRequest request) {
        boolean readyOnly = body(request).path("ready").asBoolean(false);
        return OipAnswers.Stored.of(repository.index("", readyOnly));
    }

    @PostMapping("/v2/repository/models/{model}/load")
    @Contract(operation = "load")
    Map<String, Object> load(HttpServletRequest request, @PathVariable String model) {
        checkSender(request);
        Set<String> parameters = new HashSet<>(body(request).path("parameters").propertyNames());
        repository.load("", model, parameters);
        return Map.of();
    }

    @PostMapping("/v2/repository/models/{model}/unload")
    @Contract(operation = "unload")
    Map<String, Object> unload(HttpServletRequest request, @PathVariable String model) {
        checkSender(request);
        body(request);
        repository.unload("", model);
        return Map.of();
    }

    /**
     * Refuses what a page of another site can make a browser send.
     *
     * @throws FailureException of {@link FailureCode#FORBIDDEN}
     */
    private static void checkSender(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        String type = request.getContentType();
        boolean foreign =
                origin != null && !origin.endsWith("://" + request.getHeader(HttpHeaders.HOST));
        if (foreign || (type != null && type.startsWith(MediaType.TEXT_PLAIN_VALUE))) {
            throw new FailureException(
                    FailureCode.FORBIDDEN,
                    "models are not loaded or unloaded by pages of other sites; send"
                            + " application/json without a foreign Origin");
        }
    }

    /** An object; an empty one where there is no body. */
    private JsonNode body(HttpServletRequest request) {
        Deadline deadline = pipeline.deadline(null, HttpContext.of(request));
        byte[] body = bodies.read(request, limits.maxSize(), deadline);
        if (body.length == 0) {
            return JsonMapper.shared().createObjectNode();
        }
        try {
            JsonNode json = JsonMapper.shared().readTree(body);
            if (json.isObject()) {
                return json;
            }
        } catch (JacksonException e) {
            // answered like JSON that is no object
        }
        throw new FailureException(INVALID_ARGUMENT, "the body must be a JSON object, or absent");
    }
}
