package io.dmst.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway before one inference node answers as the node does, to the last bit. */
@Tag("load")
class HopTests {

    private static final List<String> IMAGES = List.of("rocket.jpg", "palace.jpg", "chelsea.png");
    private static final int WARM_UP = 300;
    private static final int REQUESTS = 300;

    /**
     * Latencies of single requests, in milliseconds.
     *
     * @param node asked directly
     * @param gateway before the node
     * @param addedMedian difference of the medians
     */
    record Result(Latencies node, Latencies gateway, double addedMedian) {}

    @Test
    void theGatewayAnswersAsItsNode() throws Exception {
        try (ServiceProcess node = ServiceProcess.start();
                ServiceProcess gateway =
                        ServiceProcess.start(
                                "--dmst.inference.mode=remote",
                                "--dmst.gateway.nodes=localhost:" + node.grpcPort());
                LoadClient client = new LoadClient()) {
            for (String image : IMAGES) {
                assertSame(client, node, gateway, LoadFiles.image(image));
            }
            Result result = latencies(client, node, gateway);
            System.out.printf(
                    Locale.ROOT,
                    "%-8s %8s %9s %9s %9s%n%-8s %s%n%-8s %s%nthe gateway adds %.2f ms%n",
                    "ms",
                    "count",
                    "p50",
                    "p99",
                    "max",
                    "node",
                    result.node(),
                    "gateway",
                    result.gateway(),
                    result.addedMedian());
            LoadFiles.write("hop.json", result);
        }
    }

    private static void assertSame(
            LoadClient client, ServiceProcess node, ServiceProcess gateway, byte[] image)
            throws InterruptedException {
        String classify = "/v1/classify?top_k=10&coding_rate=true";
        String explain = "/v1/explain?encoding=base64";
        Reply direct = client.send(LoadClient.post(node.http(classify), image));
        Reply forwarded = client.send(LoadClient.post(gateway.http(classify), image));
        assertThat(List.of(direct.code(), forwarded.code())).containsOnly("OK");
        assertThat(forwarded.results()).contains("probability").isEqualTo(direct.results());
        assertThat(client.send(LoadClient.post(gateway.http(explain), image)).body())
                .contains("membership")
                .isEqualTo(client.send(LoadClient.post(node.http(explain), image)).body());
    }

    /** In turn, so that a machine that becomes slower meanwhile does so for both. */
    private static Result latencies(LoadClient client, ServiceProcess node, ServiceProcess gateway)
            throws IOException, InterruptedException {
        byte[] image = LoadFiles.image("rocket.jpg");
        List<Reply> direct = new ArrayList<>();
        List<Reply> forwarded = new ArrayList<>();
        for (int i = 0; i < WARM_UP + REQUESTS; i++) {
            Reply one = client.send(LoadClient.post(node.http("/v1/classify"), image));
            Reply two = client.send(LoadClient.post(gateway.http("/v1/classify"), image));
            if (i >= WARM_UP) {
                direct.add(one);
                forwarded.add(two);
            }
        }
        assertThat(direct).allMatch(Reply::ok);
        assertThat(forwarded).allMatch(Reply::ok);
        Latencies ofNode = Latencies.of(direct);
        Latencies ofGateway = Latencies.of(forwarded);
        return new Result(ofNode, ofGateway, ofGateway.p50() - ofNode.p50());
    }
}
