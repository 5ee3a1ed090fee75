package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.serve.metrics.Metric;
import io.dmst.serve.predict.Models;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real gateways before real nodes, all with the bundled model. */
class GatewayIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String CLASSIFY = "/v1/classify?coding_rate=true&top_k=10";

    private static byte[] cat = {};

    @BeforeAll
    static void image() throws IOException {
        cat = Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
    }

    private static String at(int... ports) {
        return String.join(
                ",", java.util.Arrays.stream(ports).mapToObj(port -> "localhost:" + port).toList());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static void ready(Process gateway) {
        await().atMost(PATIENCE).until(() -> gateway.bean(Models.class).ready());
    }

    @Test
    void answersAreTheNodesOwnToTheLastBit() throws Exception {
        try (Process node = Process.node(0);
                Process gateway = Process.gateway(at(node.grpcPort()))) {
            ready(gateway);
            for (String path :
                    List.of(CLASSIFY, "/v1/explain?top_k=10", "/v1/explain?rates=variational")) {
                HttpResponse<String> local = node.send(path, cat, PATIENCE);
                HttpResponse<String> remote = gateway.send(path, cat, PATIENCE);
                assertThat(remote.statusCode()).as(remote.body()).isEqualTo(200);
                assertThat(json(remote)).isEqualTo(json(local));
                assertThat(json(remote).findValue("typicality").asDouble()).isPositive();
            }
            assertThat(gateway.send(CLASSIFY, cat, PATIENCE).headers().firstValue("Server-Timing"))
                    .hasValueSatisfying(timing -> assertThat(timing).contains("compute;dur="));
            assertThat(gateway.send("/v1/classify", new byte[] {1, 2}, PATIENCE).statusCode())
                    .isEqualTo(415);
        }
    }

    @Test
    void withoutANodeItSaysSoAtOnceAndRecoversByItself() throws Exception {
        int port;
        try (Process node = Process.node(0)) {
            port = node.grpcPort();
        }
        try (Process gateway = Process.gateway(at(port))) {
            HttpResponse<String> refused = gateway.send(CLASSIFY, cat, PATIENCE);
            assertThat(refused.statusCode()).isEqualTo(502);
            assertThat(json(refused).path("code").asString()).isEqualTo("UPSTREAM_UNAVAILABLE");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(gateway.bean(Models.class).ready()).isFalse();
            try (Process node = Process.node(port)) {
                ready(gateway);
                assertThat(gateway.send(CLASSIFY, cat, PATIENCE).statusCode()).isEqualTo(200);
                assertThat(node.grpcPort()).isEqualTo(port);
            }
        }
    }

    @Test
    void aNodeThatStopsUnderLoadCostsNoRequest() throws Exception {
        Process leaving = Process.node(0);
        try (Process staying = Process.node(0);
                Process gateway = Process.gateway(at(leaving.grpcPort(), staying.grpcPort()));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            ready(gateway);
            AtomicBoolean enough = new AtomicBoolean();
            List<Future<Integer>> asked = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                asked.add(
                        callers.submit(() -> {
                            int answered = 0;
                            while (!enough.get()) {
                                HttpResponse<String> answer = gateway.send(CLASSIFY, cat, PATIENCE);
                                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                                answered++;
                            }
                            return answered;
                        }));
            }
            Thread.sleep(500);
            leaving.close();
            Thread.sleep(500);
            enough.set(true);
            int requests = 0;
            for (Future<Integer> caller : asked) {
                requests += caller.get();
            }
            assertThat(requests).isGreaterThan(8);
            MeterRegistry meters = gateway.bean(MeterRegistry.class);
            assertThat(attempts(meters)).isBetween((double) requests, 1.2 * requests);
        }
    }

    /** Connections to it are taken by the kernel and never answered: a network partition. */
    @Test
    void aNodeThatHangsHoldsNoRequestPastItsDeadline() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Process node = Process.node(0);
                Process gateway = Process.gateway(at(silent.getLocalPort(), node.grpcPort()))) {
            ready(gateway);
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> answer = gateway.send(CLASSIFY, cat, Duration.ofSeconds(5));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
        }
    }

    @Test
    void aFallbackAnswersWhileNoNodeDoesAndIsMarked() throws Exception {
        try (Process gateway = Process.gateway("localhost:1", "--dmst.gateway.fallback=local")) {
            HttpResponse<String> answer = gateway.send(CLASSIFY, cat, PATIENCE);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-served-by")).hasValue("fallback");
            assertThat(typicalities(gateway)).isOne();
        }
    }

    @Test
    void anImageThatTwoNodesAnswerCountsOnceForTypicalityAndDrift() throws Exception {
        try (Process first = Process.node(0);
                Process second = Process.node(0);
                Process gateway =
                        Process.gateway(
                                at(first.grpcPort(), second.grpcPort()),
                                "--dmst.gateway.hedge-after=1ms",
                                "--dmst.gateway.retry-budget=1",
                                "--dmst.drift.window=32")) {
            ready(gateway);
            for (int i = 0; i < 64; i++) {
                assertThat(gateway.send(CLASSIFY, cat, PATIENCE).statusCode()).isEqualTo(200);
            }
            MeterRegistry meters = gateway.bean(MeterRegistry.class);
            assertThat(attempts(meters)).isGreaterThan(64);
            assertThat(typicalities(gateway)).isEqualTo(64);
            assertThat(
                            meters.get(Metric.DRIFT_WINDOWS.id()).counters().stream()
                                    .mapToDouble(counter -> counter.count())
                                    .sum())
                    .as("windows of one picture again and again")
                    .isEqualTo(2);
            assertThat(meters.get(Metric.DRIFT_ALARM.id()).gauge().value()).isOne();
        }
    }

    private static double attempts(MeterRegistry meters) {
        return meters.get(Metric.GATEWAY_ATTEMPTS.id()).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static long typicalities(Process process) {
        return process.bean(MeterRegistry.class).get(Metric.TYPICALITY.id()).summary().count();
    }
}
