package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import inference.ModelInferRequest;
import io.dmst.serve.gateway.GatewayProperties.Fallback;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.Outcome;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NodeRequestTests {

    private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();

    /** A connection that tells of its calls on the thread that makes them. */
    private Node node(Address address) {
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(address.text())
                        .usePlaintext()
                        .directExecutor()
                        .build();
        channels.add(channel);
        return new Node(address.text(), "model", channel);
    }

    @Test
    @Timeout(30)
    void aRequestIsAnsweredWhoseSecondAttemptEndsBeforeItsFirst() throws IOException {
        ScriptedNode.Script script = ScriptedNode.refuses(Status.UNAVAILABLE);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (ScriptedNode one = new ScriptedNode(script);
                ScriptedNode other = new ScriptedNode(script);
                NodePool nodes =
                        new NodePool(
                                new GatewayProperties(
                                        List.of(one.address(), other.address()),
                                        Duration.ofMinutes(1),
                                        256,
                                        1,
                                        Duration.ZERO,
                                        Duration.ofSeconds(10),
                                        null,
                                        Fallback.NONE),
                                this::node,
                                meters)) {
            await().until(() -> nodes.listed().stream().allMatch(Node::trusted));
            // from now on a call ends while it is made, the second inside of the first
            channels.forEach(ManagedChannel::shutdownNow);

            CompletableFuture<Outcome> outcome =
                    new NodeRequest(
                                    new NodeRequest.Means(nodes, new RetryBudget(1, 3), meters),
                                    ModelInferRequest.getDefaultInstance(),
                                    Deadline.after(Duration.ofMinutes(1)),
                                    answer -> {
                                        throw new IllegalStateException("nobody answers");
                                    })
                            .begin()
                            .outcome();

            assertThat(outcome).isDone();
            assertThat(outcome.join())
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure ->
                                    assertThat(failure.code())
                                            .isEqualTo(FailureCode.UPSTREAM_UNAVAILABLE));
        }
    }
}
