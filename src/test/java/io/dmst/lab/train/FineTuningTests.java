package io.dmst.lab.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.model.Network;
import io.dmst.lab.train.data.SyntheticImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FineTuningTests {

    private static final ModelConfig MEMBERSHIP =
            Trainings.TINY.with(Map.of("head", "membership", "mlp_ratio", 0));

    @TempDir private Path directory = Path.of("");
    private Trainings trainings = Trainings.of(Path.of(""));

    @BeforeEach
    void writeImages() throws IOException {
        trainings =
                Trainings.of(SyntheticImages.write(directory.resolve("data"), 24)).with(MEMBERSHIP);
    }

    @ParameterizedTest
    @EnumSource(Freeze.class)
    void whatIsFrozenKeepsItsBitsAndTheRestLearns(Freeze freeze) throws Exception {
        Path first = directory.resolve("first");
        trainings.train(first);
        ModelDirectory start = ModelDirectory.read(first);
        Path second = directory.resolve("second");
        trainings.from(StartWeights.of(start)).freezing(freeze).train(second);

        ModelDirectory tuned = ModelDirectory.read(second);
        Set<String> frozen = FrozenParameters.of(new Network(MEMBERSHIP), freeze);
        Network network = new Network(tuned.config());
        network.parameters().stream()
                .filter(spec -> spec.init().trained())
                .forEach(spec -> {
                    float[] before = start.weights().get(spec.name()).toFloats();
                    float[] after = tuned.weights().get(spec.name()).toFloats();
                    if (frozen.contains(spec.name())) {
                        assertThat(after).as(spec.name()).containsExactly(before);
                    } else {
                        assertThat(after).as(spec.name()).isNotEqualTo(before);
                    }
                });
        assertThat(second.resolve("features")).doesNotExist();
    }

    @Test
    void anInterruptedTrainingOnFeaturesEndsLikeAnUninterruptedOne() throws Exception {
        Trainings frozen = trainings.freezing(Freeze.STEM);
        Path whole = directory.resolve("whole");
        frozen.train(whole);
        Path killed = directory.resolve("killed");
        frozen.interrupted(killed);
        frozen.resume(killed);
        assertThat(ModelDirectory.read(killed).digest())
                .isEqualTo(ModelDirectory.read(whole).digest());
    }

    @Test
    void aStopWhileFeaturesAreComputedKeepsThemAndIsGoneOnWith() throws Exception {
        Trainings frozen = trainings.freezing(Freeze.STEM);
        Path out = directory.resolve("out");
        AtomicInteger asked = new AtomicInteger();
        StopSignal soon = StopSignal.when(() -> asked.incrementAndGet() > 3);
        assertThat(Trainings.train(frozen.into(out, false, soon)))
                .isEqualTo(new TrainingOutcome.Stopped(1, 0));
        try (Stream<Path> features = Files.list(out.resolve("features"))) {
            assertThat(features.toList())
                    .singleElement()
                    .satisfies(file -> {
                        // three batches of 16 crops of 16 channels on a grid of 4x4, in 16 bits
                        assertThat(file).hasSize(3 * 16 * 16 * 16 * 2);
                    });
        }
        assertThat(frozen.resume(out).testImages()).isEqualTo(72);
    }

    @Test
    void otherClassesGetANewHeadAndKeepTheRest() throws Exception {
        Path first = directory.resolve("first");
        trainings.train(first);
        Path two = SyntheticImages.write(directory.resolve("two"), 24);
        for (String part : new String[] {"train", "test"}) {
            for (Path file : Files.list(two.resolve(part, "red")).toList()) {
                Files.delete(file);
            }
            Files.delete(two.resolve(part, "red"));
        }
        Path second = directory.resolve("second");
        Trainings other =
                new Trainings(
                        two,
                        MEMBERSHIP,
                        StartWeights.of(ModelDirectory.read(first)),
                        Trainings.options(10),
                        trainings.badData());
        assertThat(other.freezing(Freeze.STEM).train(second).accuracy()).isGreaterThan(0.8);
        ModelDirectory tuned = ModelDirectory.read(second);
        assertThat(tuned.labels()).containsExactly("blue", "green");
        assertThat(String.valueOf(tuned.card().frontMatter().get("start")))
                .startsWith("tiny sha256:");
    }

    @Test
    void aHeadOfOtherClassesIsNotKeptThoughTheyAreAsMany() throws Exception {
        Path first = directory.resolve("first");
        trainings.train(first);
        StartWeights start = StartWeights.of(ModelDirectory.read(first));
        List<String> same = List.of(SyntheticImages.CLASSES);
        assertThat(start.forClasses(same).tensors()).containsKey("head.weight");
        assertThat(start.forClasses(List.of("cat", "dog", "fish")).tensors())
                .doesNotContainKeys("head.weight", "head.bias")
                .containsKeys("head.mean_map", "norm.weight", "blocks.0.attn.qkv.weight");
    }

    @Test
    void theMeanMapIsThatOfAllTrainingImages() throws Exception {
        Path out = directory.resolve("model");
        trainings.train(out);
        float[] map = ModelDirectory.read(out).weights().get("head.mean_map").toFloats();
        // memberships of a token sum to 1, so their means do
        for (int token = 0; token < map.length / 2; token++) {
            assertThat(map[2 * token] + map[2 * token + 1]).isCloseTo(1, within(1e-5f));
        }
        assertThat(map[0]).isNotEqualTo(0.5f);
    }
}
