package io.dmst.serve.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.GetModelRequest;
import dmst.v1.VisionServiceGrpc;
import dmst.v1.VisionServiceGrpc.VisionServiceBlockingStub;
import io.dmst.serve.grpc.Channel.Told;
import io.dmst.serve.http.Pictures;
import io.dmst.serve.http.ServerTest;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Outcome;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** Provokes every failure over gRPC. */
@ServerTest
class VisionFailuresIntegrationTests {

    private final Channel channel;
    private final VisionServiceBlockingStub stub;
    private final FakePredictor newer;
    private final MeterRegistry meters;

    VisionFailuresIntegrationTests(
            @Autowired GrpcServerLifecycle server,
            @Autowired FakePredictor newer,
            @Autowired MeterRegistry meters) {
        channel = new Channel(server.getPort());
        stub = VisionServiceGrpc.newBlockingStub(channel.open());
        this.newer = newer;
        this.meters = meters;
    }

    @AfterEach
    void reset() {
        newer.tellsColours();
        channel.close();
    }

    private static ClassifyRequest.Builder images(byte[]... files) {
        ClassifyRequest.Builder request = ClassifyRequest.newBuilder();
        for (byte[] file : files) {
            request.addImages(ByteString.copyFrom(file));
        }
        return request;
    }

    private Told classify(ClassifyRequest.Builder request) {
        return Channel.failure(() -> stub.classify(request.build()));
    }

    @ParameterizedTest
    @EnumSource(FailureCode.class)
    void everyFailureHasItsStatusAndItsReason(FailureCode code) {
        newer.answers(new Failure(code, "so it is"));
        Told told = classify(images(Pictures.red())).is(Statuses.code(code), code.name());
        assertThat(told.detail()).isEqualTo("so it is");
        boolean passes = code == FailureCode.OVERLOADED || code == FailureCode.NOT_READY;
        assertThat(told.retrySeconds().isPresent()).isEqualTo(passes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xff, 0x0b})
    void aMessageThatCannotBeDecodedIsAnInvalidArgumentAndCounted(int value) {
        byte[] noMessage = new byte[4_000];
        Arrays.fill(noMessage, (byte) value);
        MethodDescriptor<byte[], byte[]> raw =
                MethodDescriptor.newBuilder(new RawBytes(), new RawBytes())
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(
                                VisionServiceGrpc.getClassifyMethod().getFullMethodName())
                        .build();
        Channel.failure(() ->
                        ClientCalls.blockingUnaryCall(
                                stub.getChannel(), raw, CallOptions.DEFAULT, noMessage))
                .is(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT");
        Awaitility.await()
                .until(() ->
                        !meters.find("dmst.requests")
                                .tags("operation", "undecodable", "outcome", "invalid_argument")
                                .counters()
                                .isEmpty());
    }

    private static final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void theTimeToWaitIsTold() {
        newer.answers(new Failure(FailureCode.OVERLOADED, "too many", Duration.ofSeconds(7)));
        assertThat(classify(images(Pictures.red())).retrySeconds()).contains(7L);
    }

    @Test
    void whatTheModelWouldRefuseIsNotDecoded() {
        newer.unready(true);
        try {
            Told told =
                    classify(images("no image".getBytes(UTF_8))).is(Code.UNAVAILABLE, "NOT_READY");
            assertThat(told.retrySeconds()).hasValue(1L);
        } finally {
            newer.unready(false);
        }
    }

    @Test
    void aMalformedRequestIsAnInvalidArgument() {
        classify(images()).is(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT");
        classify(images(Pictures.red()).setTopK(0)).is(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT");
        classify(images(Pictures.red()).setTopK(-3)).is(Code.INVALID_ARGUMENT, "INVALID_ARGUMENT");
    }

    @Test
    void anUnknownModelOrVersionIsNotFound() {
        classify(images(Pictures.red()).setModel("shapes")).is(Code.NOT_FOUND, "UNKNOWN_MODEL");
        classify(images(Pictures.red()).setVersion("3")).is(Code.NOT_FOUND, "UNKNOWN_MODEL");
        Channel.failure(() ->
                        stub.getModel(GetModelRequest.newBuilder().setModel("shapes").build()))
                .is(Code.NOT_FOUND, "UNKNOWN_MODEL");
    }

    @Test
    void anImageThatIsNoneIsAnInvalidArgument() {
        classify(images(new byte[0])).is(Code.INVALID_ARGUMENT, "INVALID_IMAGE");
        classify(images("%PDF-1.7\n".getBytes(StandardCharsets.UTF_8)))
                .is(Code.INVALID_ARGUMENT, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void tooMuchOfAnythingIsAnInvalidArgument() {
        byte[] large = Pictures.noise("bmp", 300);
        byte[] red = Pictures.red();
        classify(images(large)).is(Code.INVALID_ARGUMENT, "TOO_LARGE");
        classify(images(red, red, red, red, red)).is(Code.INVALID_ARGUMENT, "TOO_LARGE");
        classify(images(Pictures.pngHeader(50_000, 50_000))).is(Code.INVALID_ARGUMENT, "TOO_LARGE");
    }

    @Test
    void aMessageThatIsTooLargeIsCutOffUnread() {
        Told told = classify(images(new byte[2 << 20]));
        assertThat(told.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(stub.classify(images(Pictures.red()).build()).getResultsCount()).isEqualTo(1);
    }

    @Test
    void aFaultSaysNothingOfWhatIsInside() {
        newer.answers(request -> {
            throw new IllegalStateException("secret");
        });
        assertThat(classify(images(Pictures.red())).is(Code.INTERNAL, "INTERNAL").detail())
                .doesNotContain("secret", "IllegalState");
    }

    @Test
    void theDeadlineIsHandedToTheModel() {
        CompletableFuture<Duration> seen = new CompletableFuture<>();
        newer.answers(request -> {
            seen.complete(request.deadline().remaining());
            return CompletableFuture.completedFuture(
                    new Failure(FailureCode.INVALID_ARGUMENT, "seen"));
        });
        Channel.failure(() ->
                stub.withDeadlineAfter(12_500, TimeUnit.MILLISECONDS)
                        .classify(images(Pictures.red()).build()));
        assertThat(seen.join()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(12_500));
    }

    @Test
    void aCallWhoseTimeIsOverEndsAndItsPredictionIsCancelled() {
        CompletableFuture<Outcome> never = new CompletableFuture<>();
        newer.answers(request -> never);
        Told told =
                Channel.failure(() ->
                        stub.withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                                .classify(images(Pictures.red()).build()));
        assertThat(told.status().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(never::isCancelled);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> counted("deadline_exceeded") >= 1);
    }

    @Test
    void aCallWhoseClientLeavesIsCancelledInTheModelToo() throws Exception {
        CompletableFuture<Outcome> never = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(1);
        newer.answers(request -> {
            asked.countDown();
            return never;
        });
        double before = counted("cancelled");
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            Context previous = context.attach();
            try {
                VisionServiceGrpc.newFutureStub(channel.open())
                        .classify(images(Pictures.red()).build());
            } finally {
                context.detach(previous);
            }
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(never::isCancelled);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> counted("cancelled") == before + 1);
    }

    private double counted(String outcome) {
        return meters
                .find("dmst.requests")
                .tags("protocol", "grpc", "outcome", outcome)
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
