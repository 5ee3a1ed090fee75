package io.dmst.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers and names that no network has are refused at once, naming the key. */
@Timeout(30)
class ConfigBoundsTests {

    private static final ModelConfig VALID =
            ModelConfig.of(
                    Map.of(
                            "name", "small",
                            "image_size", 32,
                            "patch_size", 4,
                            "embed_dim", 96,
                            "depth", 4,
                            "num_heads", 4,
                            "num_classes", 10));

    private static final List<String> NUMBERS =
            List.of(
                    "image_size",
                    "patch_size",
                    "stem_depth",
                    "embed_dim",
                    "depth",
                    "num_heads",
                    "mlp_ratio",
                    "num_classes",
                    "cls_attn_layers");

    @ParameterizedTest
    @CsvSource({
        "cls_attn_layers, 1000000, 16",
        "stem_depth, 1000000, 16",
        "image_size, 1000000, 4096",
        "mlp_ratio, 2147483647, 64",
        "depth, 0, 256",
        "num_classes, -1, 100000"
    })
    void aNumberOutOfRangeIsNamedWithItsBounds(String key, int value, String bound) {
        assertThatThrownBy(() -> VALID.with(Map.of(key, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(key, bound, String.valueOf(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "../etc", ".hidden", "", "a b", "a\nb"})
    void aNameThatIsNoPlainWordIsRefused(String name) {
        assertThatThrownBy(() -> VALID.with(Map.of("name", name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
        assertThatThrownBy(() -> VALID.with(Map.of("version", name)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void randomNumbersAreAcceptedOrRefusedButNeverFailOtherwise() {
        SplittableRandom random = new SplittableRandom(11);
        int accepted = 0;
        for (int i = 0; i < 5_000; i++) {
            String key = NUMBERS.get(random.nextInt(NUMBERS.size()));
            int value = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(-4, 64);
            try {
                VALID.with(Map.of(key, value));
                accepted++;
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(accepted).isPositive();
    }
}
