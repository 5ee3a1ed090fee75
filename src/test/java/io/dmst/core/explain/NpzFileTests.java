package io.dmst.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class NpzFileTests {

    private static final Pattern HEADER =
            Pattern.compile(
                    "\\{'descr': '<(f4|f8|i8)', 'fortran_order': False, 'shape': \\((.*)\\), \\} *\n");
    private static final float[] LOGITS = {1, -2, 3.5f, 0, 1e-9f};
    private static final float[] PROBABILITIES = {0.1f, 0.2f, 0.3f, 0.4f, 0};

    /** An array as it was read: its header and its values. */
    private record Read(String type, String shape, double[] values) {}

    private static Map<String, Read> read(byte[] npz) throws IOException {
        Map<String, Read> arrays = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(npz))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getName()).endsWith(".npy");
                arrays.put(entry.getName().replace(".npy", ""), array(zip.readAllBytes()));
            }
        }
        return arrays;
    }

    private static Read array(byte[] npy) {
        ByteBuffer bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
        byte[] header = new byte[bytes.getShort()];
        bytes.get(header);
        assertThat(bytes.position() % 64).isZero();
        Matcher fields = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
        assertThat(fields.matches()).isTrue();
        String type = fields.group(1);
        int size = type.equals("f4") ? 4 : 8;
        double[] values = new double[bytes.remaining() / size];
        assertThat(values.length * size).isEqualTo(bytes.remaining());
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (type) {
                        case "f4" -> bytes.getFloat();
                        case "f8" -> bytes.getDouble();
                        default -> bytes.getLong();
                    };
        }
        return new Read(type, fields.group(2), values);
    }

    private static double[] values(Map<String, Read> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name).values();
    }

    private static Explanation explanation(ModelConfig config, String layers, String groups) {
        return new Explainer(config, Wanted.of(config, layers, groups, 0.01))
                .explain(Traces.random(config), 0);
    }

    @Test
    void arraysComeBackInTheirShapes() throws IOException {
        Explanation explanation = explanation(Traces.config("dmsa", 3, 5), "0,2", "1,3");

        Map<String, Read> arrays = read(NpzFile.of(explanation, LOGITS, PROBABILITIES));

        Map<String, String> shapes = new LinkedHashMap<>();
        arrays.forEach((name, array) -> shapes.put(name, array.type() + " " + array.shape()));
        assertThat(shapes)
                .containsEntry("layers", "i8 2,")
                .containsEntry("shown_groups", "i8 2,")
                .containsEntry("epsilon_squared", "f8 ")
                .containsEntry("membership", "f4 2, 2, 3, 5")
                .containsEntry("class_view", "f4 2, 2, 3, 5")
                .containsEntry("token_entropy", "f4 2, 3, 5")
                .containsEntry("entropy", "f8 2,")
                .containsEntry("usage", "f8 2, 4")
                .containsEntry("sparsity", "f8 2, 4")
                .containsEntry("class_share", "f8 2, 4")
                .containsEntry("selection", "f4 2, 4, 24")
                .containsEntry("second_moment", "f4 2, 4, 24")
                .containsEntry("tokens_rate", "f8 2,")
                .containsEntry("R_c", "f8 2,")
                .containsEntry("R_c_variational", "f8 2,")
                .containsEntry("bound", "f8 ")
                .containsEntry("class_attention", "f4 2, 3, 5")
                .containsEntry("class_token", "f8 2,")
                .containsEntry("logits", "f4 5,")
                .containsEntry("probabilities", "f4 5,")
                .hasSize(20);
    }

    @Test
    void contributionsAndTheirBiasSumToTheLogitOfTheirClass() throws IOException {
        ModelConfig config = Traces.membership(3, 5);
        Explanation explanation =
                new Explainer(config, Traces.contributions(config), Wanted.everything(config))
                        .explain(Traces.random(config), 2);

        Map<String, Read> arrays = read(NpzFile.of(explanation, LOGITS, PROBABILITIES));

        assertThat(arrays).doesNotContainKeys("class_attention", "class_view", "class_share");
        Map<String, String> shapes = new LinkedHashMap<>();
        arrays.forEach((name, array) -> shapes.put(name, array.type() + " " + array.shape()));
        assertThat(shapes)
                .containsEntry("contribution", "f4 4, 3, 5")
                .containsEntry("contribution_map", "f4 3, 5")
                .containsEntry("contribution_groups", "f8 4,")
                .containsEntry("contribution_bias", "f8 ")
                .containsEntry("contribution_class", "i8 ")
                .hasSize(21);
        assertThat(values(arrays, "contribution_class")).containsExactly(2);
        double logit = explanation.contribution().orElseThrow().logit();
        for (String parts : List.of("contribution", "contribution_map", "contribution_groups")) {
            assertThat(
                            Arrays.stream(values(arrays, parts)).sum()
                                    + values(arrays, "contribution_bias")[0])
                    .as(parts)
                    .isCloseTo(logit, within(1e-4));
        }
    }

    @Test
    void valuesComeBackAsTheyWere() throws IOException {
        Explanation explanation = explanation(Traces.config("dmsa", 3, 5), "0,2", "1,3");

        Map<String, Read> arrays = read(NpzFile.of(explanation, LOGITS, PROBABILITIES));

        double[] membership = values(arrays, "membership");
        for (int layer = 0; layer < 2; layer++) {
            Explanation.Groups groups = explanation.layers().get(layer).groups().orElseThrow();
            for (int i = 0; i < 30; i++) {
                assertThat(membership[layer * 30 + i])
                        .isEqualTo(groups.membership()[i / 15][i % 15]);
            }
        }
        assertThat(values(arrays, "layers")).containsExactly(0, 2);
        assertThat(values(arrays, "shown_groups")).containsExactly(1, 3);
        assertThat(values(arrays, "logits"))
                .containsExactly(new double[] {1, -2, 3.5, 0, 1e-9}, within(1e-15));
        assertThat(values(arrays, "tokens_rate")[1])
                .isEqualTo(explanation.layers().get(1).rates().rate());
    }

    @Test
    void softmaxAttentionLeavesOutWhatNeedsMemberships() throws IOException {
        Explanation explanation = explanation(Traces.config("mhsa", 3, 5), "all", "all");

        assertThat(read(NpzFile.of(explanation, LOGITS, PROBABILITIES)))
                .containsOnlyKeys(
                        "layers",
                        "shown_groups",
                        "epsilon_squared",
                        "tokens_rate",
                        "bound",
                        "class_attention",
                        "class_token",
                        "logits",
                        "probabilities");
    }

    @Test
    void theSameExplanationGivesTheSameBytes() {
        ModelConfig config = Traces.config("tssa", 3, 5);

        assertThat(NpzFile.of(explanation(config, "all", "all"), LOGITS, PROBABILITIES))
                .isEqualTo(NpzFile.of(explanation(config, "all", "all"), LOGITS, PROBABILITIES));
    }
}
