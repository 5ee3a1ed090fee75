package io.dmst.serve.http;

import static io.dmst.serve.predict.FailureCode.INTERNAL;
import static io.dmst.serve.predict.FailureCode.UNKNOWN_MODEL;

import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.ServedModel;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/models}: what is served here, and how good is it? */
@RestController
@Tag(name = "models")
class ModelsController {

    private final Models models;

    ModelsController(Models models) {
        this.models = models;
    }

    @GetMapping(path = "/v1/models", produces = MediaType.APPLICATION_JSON_VALUE)
    @Contract(operation = "models", failures = INTERNAL)
    @Operation(summary = "Which models are served?")
    ModelsAnswer list() {
        return ModelsAnswer.of(models);
    }

    @GetMapping(path = "/v1/models/{model}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Contract(
            operation = "model",
            failures = {UNKNOWN_MODEL, INTERNAL})
    @Operation(summary = "Everything about one model: card, configuration, classes")
    @ApiResponse(
            responseCode = "200",
            description = "The model",
            content = @Content(schema = @Schema(implementation = ModelAnswer.class)))
    ModelAnswer describe(
            HttpServletRequest request,
            @Parameter(description = "Name of the model") @PathVariable String model,
            @Parameter(description = "Version; without it the default one")
                    @RequestParam(required = false)
                    @Nullable String version) {
        Predictor predictor = models.select(model, version);
        ServedModel found = predictor.model();
        HttpContext.of(request).recorder().model(found.name());
        return ModelAnswer.of(found, models.versions(found.name()), predictor.ready());
    }
}
