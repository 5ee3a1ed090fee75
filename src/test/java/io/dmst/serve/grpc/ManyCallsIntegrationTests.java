package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.ClassifyResponse;
import dmst.v1.VisionServiceGrpc;
import dmst.v1.VisionServiceGrpc.VisionServiceFutureStub;
import io.dmst.serve.http.Pictures;
import io.dmst.serve.http.ServerTest;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;
import org.springframework.test.context.TestPropertySource;

/** A client that asks for more than the server takes at a time waits at its own end. */
@ServerTest
@TestPropertySource(properties = "dmst.batch.queue=2000")
@Timeout(120)
class ManyCallsIntegrationTests {

    private static final int LIMIT = GrpcConfiguration.CALLS_PER_CONNECTION;
    private static final int BEYOND = 300;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Channel channel;
    private final FakePredictor model;

    ManyCallsIntegrationTests(
            @Autowired GrpcServerLifecycle server, @Autowired FakePredictor newer) {
        channel = new Channel(server.getPort());
        model = newer;
    }

    @AfterEach
    void reset() {
        model.tellsColours();
        channel.close();
    }

    @Test
    void theDocumentNamesTheLimit() throws IOException {
        assertThat(Files.readString(Path.of("docs", "guarantees.md")))
                .contains(
                        String.format(
                                Locale.ROOT, "One gRPC connection has at most %,d calls", LIMIT));
    }

    @Test
    void asManyAsTheLimitAreUnderWayAndAllAreAnswered() throws Exception {
        VisionServiceFutureStub stub = VisionServiceGrpc.newFutureStub(channel.open());
        ClassifyRequest request =
                ClassifyRequest.newBuilder().addImages(ByteString.copyFrom(Pictures.red())).build();
        // the client learns of the limit with its first answer, and admission the time of an image
        for (int i = 0; i < 200; i++) {
            stub.classify(request).get(30, TimeUnit.SECONDS);
        }
        AtomicInteger came = new AtomicInteger();
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        model.answers(asked -> {
            came.incrementAndGet();
            return answer.copy();
        });

        List<ListenableFuture<ClassifyResponse>> calls = new ArrayList<>();
        for (int i = 0; i < LIMIT + BEYOND; i++) {
            calls.add(stub.classify(request));
        }

        await().atMost(LONG).until(() -> came.get() >= LIMIT);
        await().during(Duration.ofMillis(500)).atMost(LONG).until(() -> came.get() == LIMIT);
        answer.complete(FakePredictor.RED);
        for (ListenableFuture<ClassifyResponse> call : calls) {
            assertThat(call.get(30, TimeUnit.SECONDS).getResultsCount()).isEqualTo(1);
        }
        assertThat(came).hasValue(LIMIT + BEYOND);
    }
}
