package io.dmst.serve.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.dmst.core.explain.Explanation.MapFormat;
import io.dmst.serve.predict.Explained;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /v1/explain} answers as JSON.
 *
 * @param model that answered
 * @param predictions the most probable classes
 * @param typicality of the image, where the model has a reference
 * @param explanation of the forward pass that made the predictions
 */
@Schema(name = "Explained", description = "A prediction and what its forward pass says of itself")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ExplainAnswer(
        ClassifyAnswer.Model model,
        @Schema(description = "The most probable classes, the first one foremost")
                List<ClassifyAnswer.Ranked> predictions,
        @Schema(description = ClassifyAnswer.TYPICALITY) @Nullable Double typicality,
        @Schema(ref = "Explanation") Map<String, Object> explanation) {

    static ExplainAnswer of(Explained explained, int topK, MapFormat maps) {
        return new ExplainAnswer(
                ClassifyAnswer.Model.of(explained.model()),
                ClassifyAnswer.Ranked.of(explained.model(), explained.prediction(), topK),
                explained.prediction().typicality(),
                explained.explanation().tree(maps));
    }
}
