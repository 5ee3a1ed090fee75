package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dmst.v1.Contribution;
import dmst.v1.ExplainRequest;
import dmst.v1.ExplainResponse;
import dmst.v1.VisionServiceGrpc;
import io.dmst.serve.gateway.SplitModel.Where;
import io.grpc.ManagedChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Explanations of a model with the membership head, on a node and through a gateway: in every
 * format contributions and bias sum to the logit.
 */
class MembershipModelIntegrationTests {

    @TempDir private static Path directory = Path.of("");

    private static SplitModel model;

    @BeforeAll
    static void start() throws IOException {
        model = SplitModel.serve(directory);
    }

    @AfterAll
    static void stop() {
        model.close();
    }

    private static JsonNode explained(Where where, String query) throws Exception {
        HttpResponse<byte[]> answer = model.cat(where, "/v1/explain" + query);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.statusCode()).as(text).isEqualTo(200);
        return SplitModel.json(answer);
    }

    private static double sum(JsonNode node) {
        return node.isNumber()
                ? node.doubleValue()
                : node.valueStream().mapToDouble(v -> sum(v)).sum();
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    void theJsonSumsToTheLogitOfAnyClass(Where where) throws Exception {
        float[] logits = model.logits();
        JsonNode predicted = explained(where, "");
        int best = predicted.at("/predictions/0/index").intValue();
        assertThat(predicted.at("/explanation/contribution_class/index").intValue())
                .isEqualTo(best);
        for (int c = 0; c < SplitModel.CLASSES; c++) {
            String label = SplitModel.LABELS.get(c).replace(" ", "%20");
            JsonNode explanation = explained(where, "?class=" + label).path("explanation");
            assertThat(explanation.at("/contribution_class/label").asString())
                    .isEqualTo(SplitModel.LABELS.get(c));
            double bias = explanation.path("contribution_bias").doubleValue();
            for (String parts :
                    List.of("contribution", "contribution_map", "contribution_groups")) {
                assertThat(sum(explanation.path(parts)) + bias)
                        .as(parts)
                        .isCloseTo(logits[c], within(1e-4));
            }
            if (c == best) {
                assertThat(explanation).isEqualTo(predicted.path("explanation"));
            }
        }
        assertThat(explained(where, "?class=predicted")).isEqualTo(predicted);
        assertThat(explained(where, "?class=1&groups=0&layers=0").at("/explanation/contribution"))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    void theArraysSumToTheLogit(Where where) throws Exception {
        byte[] npz = model.cat(where, "/v1/explain?format=npz&class=owl").body();

        double sum = values(npz, "contribution_bias.npy")[0];
        float[] contribution = SplitModel.floats(ByteString.copyFrom(raw(npz, "contribution.npy")));
        for (float part : contribution) {
            sum += part;
        }

        assertThat(contribution).hasSize(SplitModel.K * SplitModel.PLACES);
        assertThat(sum).isCloseTo(model.logits()[2], within(1e-4));
    }

    private static double[] values(byte[] npz, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(raw(npz, name)).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(values);
        return values;
    }

    /** What follows the header of an array. */
    private static byte[] raw(byte[] npz, String name) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(npz))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals(name)) {
                    byte[] npy = zip.readAllBytes();
                    int header =
                            ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN).getShort(8) + 10;
                    return java.util.Arrays.copyOfRange(npy, header, npy.length);
                }
            }
        }
        throw new IOException("no " + name);
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    void thePicturesAreDrawn(Where where) throws Exception {
        byte[] predicted = picture(where, "contribution");
        assertThat(predicted).isNotEqualTo(picture(where, "sheet"));
        assertThat(picture(where, "maps")).isNotEmpty();
        assertThat(
                        Stream.of("0", "1", "2", "3")
                                .map(c -> picture(where, "contribution&class=" + c)))
                .contains(predicted);
    }

    private static byte[] picture(Where where, String picture) {
        HttpResponse<byte[]> answer = model.cat(where, "/v1/explain?format=png&picture=" + picture);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    @ParameterizedTest
    @EnumSource(Where.class)
    void theMessageSumsToTheLogit(Where where) {
        ManagedChannel channel = model.channel(where);
        try {
            ExplainResponse answer =
                    VisionServiceGrpc.newBlockingStub(channel)
                            .explain(
                                    ExplainRequest.newBuilder()
                                            .setImage(ByteString.copyFrom(model.cat()))
                                            .setClassLabel("owl")
                                            .build());
            Contribution split = answer.getExplanation().getContribution();
            assertThat(answer.getExplanation().getClassAttentionList()).isEmpty();
            assertThat(split.getLabel()).isEqualTo("owl");
            double sum = split.getBias();
            for (dmst.v1.Map map : split.getMapsList()) {
                for (float part : map.getValuesList()) {
                    sum += part;
                }
            }
            assertThat(sum).isCloseTo(model.logits()[2], within(1e-4));
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void whatTheModelDoesNotHaveIsRefused() throws Exception {
        HttpResponse<byte[]> answer = model.cat(Where.NODE, "/v1/explain?class=dog");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(SplitModel.json(answer).path("detail").asString())
                .contains("dog", "red fox", "predicted");
    }
}
