package io.dmst.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnnxEngineTests {

    private final OnnxEngine engine = TinyGraph.engine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aGraphComputesWhatNumpyComputes() {
        Map<String, ProbeValues> outputs =
                engine.run(List.of(TinyGraph.PIXELS), Set.of()).getFirst();
        assertThat(outputs).containsOnlyKeys(Engine.LOGITS, Engine.PROBABILITIES);
        assertThat(values(outputs, Engine.LOGITS))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(TinyGraph.LOGITS);
        assertThat(values(outputs, Engine.PROBABILITIES))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(TinyGraph.PROBABILITIES);
    }

    @Test
    void bytesOver127AreNotTakenForNegative() {
        byte[] white = new byte[12];
        Arrays.fill(white, (byte) 255);
        float[] one = values(engine.run(List.of(new byte[12]), Set.of()).getFirst(), "logits");
        float[] all = values(engine.run(List.of(white), Set.of()).getFirst(), "logits");
        assertThat(one).containsExactly(0.1f, 0f, -0.1f);
        assertThat(all[2] - one[2]).isNotCloseTo(0f, within(0.5f));
    }

    @Test
    void aProbeComesOnlyWhenAskedForAndWithItsShape() {
        assertThat(engine.probes()).containsExactly("membership.0");
        ProbeValues membership =
                Objects.requireNonNull(
                        engine.run(List.of(TinyGraph.PIXELS), Set.of("membership.0"))
                                .getFirst()
                                .get("membership.0"));
        assertThat(membership.shape()).containsExactly(4, 3);
        assertThat(membership.values()[0]).isCloseTo(0.0900306f, within(1e-6f));
        assertThat(membership.values()[11]).isCloseTo(0.6652409f, within(1e-6f));
    }

    @Test
    void batchedImagesComputeAsAloneAndInOrder() {
        SplittableRandom random = new SplittableRandom(3);
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < 13; i++) {
            byte[] pixels = new byte[12];
            random.nextBytes(pixels);
            images.add(pixels);
        }
        List<Map<String, ProbeValues>> together = engine.run(images, Set.of());
        assertThat(together).hasSize(13);
        for (int i = 0; i < images.size(); i++) {
            assertThat(values(together.get(i), Engine.PROBABILITIES))
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(
                            values(
                                    engine.run(List.of(images.get(i)), Set.of()).getFirst(),
                                    Engine.PROBABILITIES));
        }
    }

    @Test
    void whatIsNoGraphIsRefused() {
        assertThatThrownBy(() -> new OnnxSession(new byte[] {1, 2, 3}, 1, null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ONNX Runtime refuses");
    }

    private static float[] values(Map<String, ProbeValues> outputs, String name) {
        return Objects.requireNonNull(outputs.get(name)).values();
    }
}
