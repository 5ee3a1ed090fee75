package io.dmst.serve.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.ModelCard;
import io.dmst.core.checkpoint.ModelConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServedModelTests {

    private static ServedModel model(List<String> labels) {
        ModelConfig config =
                ModelConfig.of(
                        Map.of(
                                "image_size", List.of(16, 16),
                                "patch_size", 4,
                                "embed_dim", 16,
                                "depth", 1,
                                "num_heads", 4,
                                "num_classes", labels.size()));
        return new ServedModel(config, labels, new ModelCard(Map.of(), ""), "sha256:0");
    }

    private final ServedModel model = model(List.of("cat", "dog", "red fox", "3", "owl"));

    @ParameterizedTest
    @CsvSource({"cat,0", "red fox,2", "3,3", "4,4", "0,0"})
    void aClassIsNamedByItsLabelOrElseItsNumber(String text, int index) {
        assertThat(model.classNamed(text)).contains(index);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-1", "Cat", "1.0", "99999999999"})
    void aClassThatTheModelDoesNotHaveIsNotFound(String text) {
        assertThat(model.classNamed(text)).isEmpty();
    }

    @Test
    void aFewClassesAreListed() {
        assertThat(model.listedClasses()).isEqualTo("cat, dog, red fox, 3, owl");
        assertThat(model(IntStream.range(0, 99).mapToObj(i -> "c" + i).toList()).listedClasses())
                .startsWith("c0, c1, ")
                .endsWith("c11, … (99 classes)");
    }
}
