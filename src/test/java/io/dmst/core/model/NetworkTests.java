package io.dmst.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.HeadType;
import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.Safetensors;
import io.dmst.core.checkpoint.TensorMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @ValueSource(strings = {"tost-micro-p16", "tost-micro-p8", "vit-micro-p8"})
    void parametersAreThoseOfThePublishedStateDict(String name) throws IOException {
        ModelConfig config = ModelConfig.read(GOLDEN.resolve(name + ".json"));
        TensorMap published = Safetensors.read(GOLDEN.resolve(name + ".safetensors"));
        Map<String, List<Integer>> shapes =
                new Network(config)
                        .parameters().stream()
                                .collect(
                                        Collectors.toMap(
                                                ParameterSpec::name, ParameterSpec::shape));
        assertThat(shapes.keySet()).isEqualTo(published.names());
        shapes.forEach((parameter, shape) ->
                assertThat(shape).as(parameter).isEqualTo(published.get(parameter).shape()));
    }

    /** In millions, as arXiv 2412.17810 states them. */
    @ParameterizedTest
    @CsvSource({"tost-tiny-12-p16,5.8", "tost-small-12-p16,22.6"})
    void variantsHaveThePublishedSizes(String name, double millions) {
        assertThat(size(name) / 1e6).isCloseTo(millions, within(0.06));
    }

    @Test
    void dmsaCostsOneThinMatrixAndThresholdsPerBlockMoreThanTssa() {
        int d = 192;
        int groups = 4;
        int membership = groups * d + groups;
        int thresholds = groups;
        int temperatures = groups;
        int perBlock = membership + thresholds - temperatures;
        assertThat(size("dmst-tiny-12-p16") - size("tost-tiny-12-p16")).isEqualTo(12 * perBlock);
    }

    @Test
    void everyFamilyHasTheSameVariants() {
        Map<String, List<String>> families =
                Variants.names().stream()
                        // without memberships there is no membership head
                        .filter(name -> Variants.named(name).head() == HeadType.CLASS_ATTENTION)
                        .collect(
                                Collectors.groupingBy(
                                        name -> name.substring(0, name.indexOf('-')),
                                        Collectors.mapping(
                                                name -> name.substring(name.indexOf('-')),
                                                Collectors.toList())));
        assertThat(families).containsOnlyKeys("dmst", "tost", "vit");
        assertThat(families.get("dmst"))
                .isEqualTo(families.get("tost"))
                .isEqualTo(families.get("vit"))
                .contains("-tiny-12-p16", "-small-12-p8", "-medium-24-p16", "-compact-4-p4");
    }

    @Test
    void anUnknownVariantIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> Variants.named("resnet-50"))
                .hasMessageContaining("resnet-50")
                .hasMessageContaining("dmst-tiny-12-p16");
    }

    @Test
    void everyBlockIsProbed() {
        assertThat(new Network(Variants.named("dmst-compact-4-p4")).probes())
                .contains("membership.0", "second_moment.3", "selection.3", "tokens.3")
                .contains("attention.2", "class_attention.0")
                .hasSize(4 * 5 + 1);
        assertThat(new Network(Variants.named("vit-compact-4-p4")).probes())
                .doesNotContain("membership.0")
                .contains("attention.3");
    }

    private static int size(String name) {
        return new Network(Variants.named(name))
                .parameters().stream()
                        .filter(spec -> spec.init().trained())
                        .mapToInt(ParameterSpec::size)
                        .sum();
    }
}
