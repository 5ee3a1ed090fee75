package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelConfigTests {

    private static final String MINIMAL =
            "{\"image_size\":[32,64],\"patch_size\":8,\"embed_dim\":32,\"depth\":2,"
                    + "\"num_heads\":4,\"num_classes\":7}";

    @Test
    void absentKeysTakeThePublishedDefaults() {
        ModelConfig config = ModelConfig.parse(MINIMAL);
        assertThat(config.clsAttnLayers()).isEqualTo(2);
        assertThat(config.layerNormEps()).isEqualTo(1e-6);
        assertThat(config.attention()).isEqualTo(Attention.DMSA);
        assertThat(config.sparsifier()).isEqualTo(Sparsifier.MOMENT);
        assertThat(config.tokens()).isEqualTo(4 * 8);
    }

    @Test
    void aConfigurationSurvivesItsJson() {
        ModelConfig config = ModelConfig.parse(MINIMAL);
        assertThat(ModelConfig.parse(config.json())).isEqualTo(config);
        assertThat(config.json()).contains("\"attention\" : \"dmsa\"");
    }

    @Test
    void changesReplaceKeysByTheirJsonName() {
        ModelConfig config = ModelConfig.parse(MINIMAL).with(Map.of("num_classes", 3));
        assertThat(config.numClasses()).isEqualTo(3);
        assertThat(config.embedDim()).isEqualTo(32);
    }

    @Test
    void aWrongKeyOrValueIsNamed() {
        assertThatThrownBy(() -> ModelConfig.parse(MINIMAL).with(Map.of("embed_dmi", 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embed_dmi");
        assertThatThrownBy(() -> ModelConfig.parse(MINIMAL).with(Map.of("num_heads", 5)))
                .hasMessageContaining("num_heads 5");
        assertThatThrownBy(() -> ModelConfig.parse(MINIMAL).with(Map.of("image_size", "big")))
                .hasMessageContaining("image_size");
        assertThatThrownBy(() -> ModelConfig.parse("{}")).hasMessageContaining("patch_size");
        assertThatThrownBy(() -> ModelConfig.parse("[1]")).hasMessageContaining("object");
        assertThatThrownBy(() -> ModelConfig.parse("{\"depth\":")).hasMessageContaining("model");
    }
}
