package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dmst.serve.predict.Models;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * What {@code /v1/models} answers.
 *
 * @param models that are served
 */
@Schema(name = "Models", description = "The models that are served")
record ModelsAnswer(List<Entry> models) {

    /** One model. */
    @Schema(name = "ModelEntry", description = "A model and its versions")
    record Entry(
            String name,
            @Schema(description = "The default one last") List<String> versions,
            @Schema(description = "Whether requests that name no model go to it")
                    @JsonProperty("default")
                    boolean isDefault) {}

    static ModelsAnswer of(Models models) {
        List<String> names = models.names();
        return new ModelsAnswer(
                names.stream()
                        .map(name ->
                                new Entry(
                                        name, models.versions(name), name.equals(names.getFirst())))
                        .toList());
    }
}
