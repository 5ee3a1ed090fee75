package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dmst.serve.predict.ServedModel;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /v1/models/{m}} answers.
 *
 * @param name by which it is addressed
 * @param version that this answer describes
 * @param versions all of them, the default one last
 * @param digest {@code sha256:…}
 * @param ready whether it takes requests now, which is what KServe asks
 * @param input of the network
 * @param classes labels in the order of the outputs
 * @param accuracy in [0, 1], where the card states one
 * @param config as in {@code config.json}
 * @param card its facts and its text
 * @param reference what its layers say of its data, where that was measured
 */
@Schema(name = "Model", description = "Everything about one model")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ModelAnswer(
        String name,
        @Schema(description = "The one that this answer describes") String version,
        @Schema(description = "All that are served, the default one last") List<String> versions,
        @Schema(description = "`sha256:…` of its configuration and weights") String digest,
        @Schema(description = "Whether it takes requests now") boolean ready,
        Input input,
        @Schema(description = "Labels in the order of the outputs") List<String> classes,
        @Schema(description = "Top-1 on its test set, in [0, 1], where the card states it")
                @Nullable Double accuracy,
        @Schema(description = "The network, as in its config.json") Map<String, Object> config,
        Card card,
        @Nullable ReferenceAnswer reference) {

    /** Size in pixels. */
    @Schema(name = "ModelInput", description = "Size of the network's input in pixels")
    record Input(int height, int width) {}

    /** The model card. */
    @Schema(name = "ModelCard", description = "The model card: facts by name, and text in Markdown")
    record Card(Map<String, Object> facts, String text) {}

    static ModelAnswer of(ServedModel model, List<String> versions, boolean ready) {
        return new ModelAnswer(
                model.name(),
                model.version(),
                versions,
                model.digest(),
                ready,
                new Input(model.imageHeight(), model.imageWidth()),
                model.labels(),
                model.accuracy().orElse(null),
                model.settings(),
                new Card(model.facts(), model.description()),
                ReferenceAnswer.of(model));
    }
}
