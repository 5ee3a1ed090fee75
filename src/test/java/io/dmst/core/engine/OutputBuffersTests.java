package io.dmst.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.core.onnx.OnnxExport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OutputBuffersTests {

    private static final int IMAGES = 3;

    private static final ModelDirectory MODEL = ModelDirectory.bundled("dmst-cifar10");

    private final OnnxExport export = OnnxExport.of(MODEL);
    private final OrtEnvironment environment = QuietRuntime.environment();

    /** What the runtime says of a graph when it allocates the outputs itself. */
    private Map<String, List<Integer>> fitting(byte[] graph) throws Exception {
        try (OrtSession session = environment.createSession(graph)) {
            return OutputBuffers.fitting(session.getOutputInfo());
        }
    }

    @Test
    void allThatAClassificationAnswersIsWrittenWhereWeWantIt() throws Exception {
        byte[] graph = export.classify();
        try (OnnxSession session = new OnnxSession(graph, 1, null)) {
            assertThat(fitting(graph)).containsOnlyKeys(session.outputs());
        }
    }

    @Test
    void largeOutputsAreLeftToTheRuntime() throws Exception {
        assertThat(fitting(export.explain()))
                .containsKey("logits")
                .doesNotContainKeys("tokens.0", "attention.0");
    }

    @Test
    void whatIsWrittenIsWhatTheRuntimeAnswersItself() throws Exception {
        byte[] graph = export.explain();
        List<byte[]> images = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(5);
        List<Map<String, ProbeValues>> written;
        try (OnnxSession session = new OnnxSession(graph, 1, null)) {
            for (int i = 0; i < IMAGES; i++) {
                byte[] pixels = new byte[session.imageBytes()];
                random.nextBytes(pixels);
                images.add(pixels);
            }
            written = session.run(images, session.outputs());
            assertThat(session.run(images, Set.of("probabilities")))
                    .allSatisfy(image -> assertThat(image).containsOnlyKeys("probabilities"));
        }

        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        int side = MODEL.config().imageSize().height();
        ByteBuffer batch = ByteBuffer.allocateDirect(IMAGES * images.getFirst().length);
        images.forEach(batch::put);
        try (options;
                OrtSession session = environment.createSession(graph, options);
                OnnxTensor pixels =
                        OnnxTensor.createTensor(
                                environment,
                                batch.flip(),
                                new long[] {IMAGES, side, side, 3},
                                OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("pixels", pixels))) {
            for (Map.Entry<String, ?> output : result) {
                float[] values = ((OnnxTensor) output.getValue()).getFloatBuffer().array();
                int each = values.length / IMAGES;
                for (int i = 0; i < IMAGES; i++) {
                    assertThat(Objects.requireNonNull(written.get(i).get(output.getKey())).values())
                            .as(output.getKey())
                            .isEqualTo(Arrays.copyOfRange(values, i * each, (i + 1) * each));
                }
            }
        }
    }
}
