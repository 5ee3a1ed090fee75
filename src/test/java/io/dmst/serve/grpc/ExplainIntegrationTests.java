package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dmst.v1.ExplainRequest;
import dmst.v1.ExplainResponse;
import dmst.v1.Explanation;
import dmst.v1.Layer;
import dmst.v1.VisionServiceGrpc;
import dmst.v1.VisionServiceGrpc.VisionServiceBlockingStub;
import io.dmst.DmstApplication;
import io.dmst.serve.http.Pictures;
import io.grpc.Status.Code;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Explanations of the bundled model, over gRPC and beside HTTP's. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = DmstApplication.class)
class ExplainIntegrationTests {

    private final byte[] picture = Pictures.noise("jpg", 40);
    private final Channel channel;
    private final VisionServiceBlockingStub stub;
    private final int http;

    ExplainIntegrationTests(@Autowired GrpcServerLifecycle server, @LocalServerPort int http) {
        channel = new Channel(server.getPort());
        stub = VisionServiceGrpc.newBlockingStub(channel.open());
        this.http = http;
    }

    @AfterEach
    void close() {
        channel.close();
    }

    private ExplainRequest.Builder request() {
        return ExplainRequest.newBuilder().setImage(ByteString.copyFrom(picture));
    }

    private byte[] http(String query, String accept) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://localhost:%d/v1/explain?%s"
                                                            .formatted(http, query)))
                                    .header("Accept", accept)
                                    .POST(BodyPublishers.ofByteArray(picture))
                                    .build(),
                            BodyHandlers.ofByteArray())
                    .body();
        }
    }

    @Test
    void allLayersAreExplainedAsOverHttp() throws Exception {
        ExplainResponse response = stub.explain(request().build());
        Explanation explanation = response.getExplanation();
        JsonNode json =
                JsonMapper.shared().readTree(http("", "application/json")).path("explanation");
        assertThat(explanation.getGroups()).isEqualTo(json.path("groups").asInt());
        assertThat(explanation.getEpsilonSquared()).isEqualTo(0.01);
        assertThat(explanation.getLayersCount()).isEqualTo(json.path("layers").size());
        for (int i = 0; i < explanation.getLayersCount(); i++) {
            same(explanation, explanation.getLayers(i), json.path("layers").path(i));
        }
        assertThat(explanation.getClassAttention(0).getMapList())
                .hasSize(tokens(explanation))
                .allMatch(weight -> weight >= 0);
        assertThat(response.getClassification().getPredictionsCount()).isEqualTo(5);
    }

    private static int tokens(Explanation explanation) {
        return explanation.getGrid().getHeight() * explanation.getGrid().getWidth();
    }

    private static void same(Explanation explanation, Layer layer, JsonNode json) {
        assertThat(layer.getRate()).isEqualTo(json.path("R").asDouble());
        assertThat(layer.getCompression()).isEqualTo(json.path("R_c").asDouble());
        assertThat(layer.getVariational()).isEqualTo(json.path("R_c_variational").asDouble());
        assertThat(layer.getBound()).isEqualTo(json.path("bound").asDouble());
        assertThat(layer.getMemberships().getEntropy()).isEqualTo(json.path("entropy").asDouble());
        for (int token = 0; token < tokens(explanation); token++) {
            double sum = 0;
            for (int group = 0; group < explanation.getGroups(); group++) {
                float share = layer.getMemberships().getMembership(group).getValues(token);
                assertThat(share)
                        .isEqualTo(json.path("membership").path(group).path(token).floatValue());
                sum += share;
            }
            assertThat(sum).isCloseTo(1, within(1e-5));
        }
        assertThat(layer.getMemberships().getAxes(0).getKeptList())
                .hasSize(json.path("axes").path(0).size());
    }

    @Test
    void layersGroupsAndRatesCanBeChosen() {
        Explanation explanation =
                stub.explain(
                                request()
                                        .setLayers("last")
                                        .setGroups("1,2")
                                        .setEpsilonSquared(0.5)
                                        .setRates(ExplainRequest.Rates.RATES_VARIATIONAL)
                                        .build())
                        .getExplanation();
        assertThat(explanation.getLayersList())
                .singleElement()
                .satisfies(layer -> {
                    assertThat(layer.getLayer()).isPositive();
                    assertThat(layer.hasRate()).isFalse();
                    assertThat(layer.hasCompression()).isFalse();
                    assertThat(layer.hasVariational()).isTrue();
                    assertThat(layer.getMemberships().getMembershipCount()).isEqualTo(2);
                    assertThat(layer.getMemberships().getUsageCount())
                            .isEqualTo(explanation.getGroups());
                });
        assertThat(explanation.getShownGroupsList()).containsExactly(1, 2);
        assertThat(explanation.getEpsilonSquared()).isEqualTo(0.5);
    }

    @Test
    void picturesAndArraysAreTheFilesOfHttp() throws Exception {
        ByteString png =
                stub.explain(
                                request()
                                        .setFormat(ExplainRequest.Format.FORMAT_PNG)
                                        .setPicture(ExplainRequest.Picture.PICTURE_RATES)
                                        .build())
                        .getPng();
        assertThat(png.toByteArray()).isEqualTo(http("picture=rates", "image/png"));
        assertThat(ImageIO.read(new ByteArrayInputStream(png.toByteArray())).getWidth())
                .isGreaterThan(100);
        ByteString npz =
                stub.explain(request().setFormat(ExplainRequest.Format.FORMAT_NPZ).build())
                        .getNpz();
        assertThat(npz.toByteArray()).isEqualTo(http("format=npz", "*/*"));
    }

    @Test
    void whatTheModelDoesNotHaveIsAnInvalidArgument() {
        for (ExplainRequest.Builder wrong :
                new ExplainRequest.Builder[] {
                    request().setLayers("99"),
                    request().setGroups("some"),
                    request().setEpsilonSquared(-1),
                    request().setTopK(0),
                    request().setFormatValue(17),
                    request().setPictureValue(17)
                }) {
            Channel.failure(() -> stub.explain(wrong.build()))
                    .is(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT");
        }
        Channel.failure(() -> stub.explain(request().clearImage().build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_IMAGE");
        Channel.failure(() -> stub.explain(request().setModel("none").build()))
                .is(Code.NOT_FOUND, "UNKNOWN_MODEL");
    }
}
