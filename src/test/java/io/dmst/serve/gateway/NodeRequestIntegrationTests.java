package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.dmst.serve.metrics.Metric;
import io.dmst.serve.predict.Models;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A gateway before nodes that answer as a test wants it: who is asked, how long, how often. */
class NodeRequestIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CLASSIFY = "/v1/classify";

    private static byte[] cat() throws Exception {
        return Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
    }

    private static void ready(Process gateway) {
        await().atMost(PATIENCE).until(() -> gateway.bean(Models.class).ready());
        await().atMost(PATIENCE)
                .until(() ->
                        gateway.bean(NodePool.class).listed().stream().allMatch(Node::trusted));
    }

    private static double attempts(Process gateway, String reason) {
        Counter counter =
                gateway.bean(MeterRegistry.class)
                        .find(Metric.GATEWAY_ATTEMPTS.id())
                        .tag("reason", reason)
                        .counter();
        return counter == null ? 0 : counter.count();
    }

    private static String code(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body()).path("code").asString();
    }

    /** As a node of ours says that it is about to stop. */
    private static ScriptedNode.Script stops() {
        return (request, observer) ->
                observer.onError(
                        StatusProto.toStatusRuntimeException(
                                com.google.rpc.Status.newBuilder()
                                        .setCode(Code.UNAVAILABLE_VALUE)
                                        .addDetails(
                                                Any.pack(
                                                        ErrorInfo.newBuilder()
                                                                .setReason("NOT_READY")
                                                                .build()))
                                        .build()));
    }

    @Test
    void aNodeIsToldHowMuchTimeIsLeftAndTheNextOneHowMuchIsLeftThen() throws Exception {
        Duration given = Duration.ofSeconds(10);
        Duration spent = Duration.ofMillis(700);
        ScriptedNode.Script slow =
                (request, observer) -> {
                    Thread.sleep(spent.toMillis());
                    observer.onError(Status.UNAVAILABLE.asRuntimeException());
                };
        try (ScriptedNode one = new ScriptedNode(slow);
                ScriptedNode other = new ScriptedNode(slow);
                Process gateway =
                        Process.gateway(
                                one.address() + "," + other.address(),
                                "--dmst.gateway.retry-budget=1")) {
            ready(gateway);
            HttpResponse<String> answer = gateway.send(CLASSIFY, cat(), given);
            assertThat(code(answer)).isEqualTo("UPSTREAM_UNAVAILABLE");
            List<Long> left = new ArrayList<>(one.deadlines());
            left.addAll(other.deadlines());
            left.sort((a, b) -> Long.compare(b, a));
            assertThat(left).hasSize(2);
            assertThat(left.get(0)).isBetween(1L, given.toMillis());
            assertThat(left.get(1)).isBetween(1L, left.get(0) - spent.toMillis() + 50);
        }
    }

    @Test
    void aRequestThatNobodyAnswersIsRefusedByItsDeadline() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedNode hung = new ScriptedNode((request, observer) -> never.await());
                Process gateway = Process.gateway(hung.address())) {
            ready(gateway);
            HttpResponse<String> answer = gateway.send(CLASSIFY, cat(), Duration.ofMillis(400));
            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(code(answer)).isEqualTo("DEADLINE_EXCEEDED");
            never.countDown();
        }
    }

    @Test
    void requestsMoveAwayFromANodeThatStopsWithoutABudget() throws Exception {
        try (ScriptedNode stopping = new ScriptedNode(stops());
                Process node = Process.node(0);
                Process gateway =
                        Process.gateway(
                                stopping.address() + ",localhost:" + node.grpcPort(),
                                "--dmst.gateway.retry-budget=0")) {
            ready(gateway);
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> answer = gateway.send(CLASSIFY, cat(), PATIENCE);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            assertThat(attempts(gateway, "moved")).isPositive();
            assertThat(attempts(gateway, "retry")).isZero();
        }
    }

    @Test
    void withoutABudgetAFailureIsToldAndNotTriedAgain() throws Exception {
        try (ScriptedNode one = new ScriptedNode(ScriptedNode.refuses(Status.UNAVAILABLE));
                ScriptedNode other = new ScriptedNode(ScriptedNode.refuses(Status.UNAVAILABLE));
                Process gateway =
                        Process.gateway(
                                one.address() + "," + other.address(),
                                "--dmst.gateway.retry-budget=0")) {
            ready(gateway);
            assertThat(code(gateway.send(CLASSIFY, cat(), PATIENCE)))
                    .isEqualTo("UPSTREAM_UNAVAILABLE");
            assertThat(attempts(gateway, "first")).isEqualTo(1);
            assertThat(attempts(gateway, "retry")).isZero();
        }
    }

    @Test
    void aNodeGetsNoMoreAtATimeThanItMay() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedNode slow =
                        new ScriptedNode((request, observer) -> {
                            go.await();
                            observer.onError(Status.INTERNAL.asRuntimeException());
                        });
                Process gateway = Process.gateway(slow.address(), "--dmst.gateway.concurrency=3");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            ready(gateway);
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(callers.submit(() -> gateway.send(CLASSIFY, cat(), PATIENCE)));
            }
            await().atMost(PATIENCE).until(() -> slow.mostOpen() == 3);
            HttpResponse<String> refused = gateway.send(CLASSIFY, cat(), PATIENCE);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            go.countDown();
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(code(answer.get())).isEqualTo("INTERNAL");
            }
            assertThat(slow.mostOpen()).isEqualTo(3);
        }
    }

    @Test
    void aSecondNodeIsAskedWhileTheFirstOneTakesLong() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedNode hung = new ScriptedNode((request, observer) -> never.await());
                Process node = Process.node(0);
                Process gateway =
                        Process.gateway(
                                hung.address() + ",localhost:" + node.grpcPort(),
                                "--dmst.gateway.hedge-after=100ms",
                                "--dmst.gateway.retry-budget=1")) {
            ready(gateway);
            for (int i = 0; i < 6; i++) {
                HttpResponse<String> answer = gateway.send(CLASSIFY, cat(), PATIENCE);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            assertThat(hung.deadlines()).isNotEmpty();
            assertThat(attempts(gateway, "hedge")).isPositive();
            never.countDown();
        }
    }

    @Test
    void aGatewayThatStopsAnswersWhatItHasTaken() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedNode slow =
                        new ScriptedNode((request, observer) -> {
                            asked.countDown();
                            go.await();
                            observer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
                        });
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Process gateway = Process.gateway(slow.address());
            ready(gateway);
            Models models = gateway.bean(Models.class);
            Future<HttpResponse<String>> answer =
                    callers.submit(() -> gateway.send(CLASSIFY, cat(), PATIENCE));
            asked.await();
            Future<?> stopping = callers.submit(gateway::close);
            await().atMost(PATIENCE).until(() -> !models.ready());
            go.countDown();
            assertThat(code(answer.get())).isEqualTo("OVERLOADED");
            stopping.get();
        }
    }
}
