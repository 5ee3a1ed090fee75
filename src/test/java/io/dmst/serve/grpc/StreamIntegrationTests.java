package io.dmst.serve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.VisionServiceGrpc;
import dmst.v1.VisionServiceGrpc.VisionServiceStub;
import io.dmst.serve.http.Pictures;
import io.dmst.serve.http.ServerTest;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Outcome;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

@ServerTest
class StreamIntegrationTests {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Channel channel;
    private final VisionServiceStub stub;
    private final FakePredictor newer;
    private final MeterRegistry meters;

    StreamIntegrationTests(
            @Autowired GrpcServerLifecycle server,
            @Autowired FakePredictor newer,
            @Autowired MeterRegistry meters) {
        channel = new Channel(server.getPort());
        stub = VisionServiceGrpc.newStub(channel.open());
        this.newer = newer;
        this.meters = meters;
    }

    @AfterEach
    void reset() {
        newer.tellsColours();
        channel.close();
    }

    private static ClassifyStreamRequest image(String id, byte[] file) {
        return ClassifyStreamRequest.newBuilder()
                .setId(id)
                .setImage(ByteString.copyFrom(file))
                .build();
    }

    private static String told(ClassifyStreamResponse response) {
        return response.getResult().hasError()
                ? response.getResult().getError().getCode()
                : response.getResult().getClassification().getPredictions(0).getLabel();
    }

    @Test
    void answersComeInTheOrderOfTheImagesHoweverLongEachTakes() {
        ConcurrentLinkedQueue<CompletableFuture<Outcome>> asked = new ConcurrentLinkedQueue<>();
        newer.answers(request -> {
            CompletableFuture<Outcome> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        });
        StreamCaller caller = new StreamCaller(stub::classifyStream);
        IntStream.range(0, 10).forEach(i -> caller.send(image("n" + i, Pictures.red())));
        caller.end();
        await().atMost(LONG).until(() -> asked.size() == 10);
        assertThat(caller.answers()).isEmpty();
        List<CompletableFuture<Outcome>> backwards = List.copyOf(asked).reversed();
        backwards.forEach(a -> a.complete(new Failure(FailureCode.INTERNAL, "so it is")));
        assertThat(caller.awaitEnd()).isEqualTo(Status.Code.OK);
        assertThat(caller.answers())
                .extracting(ClassifyStreamResponse::getId)
                .containsExactlyElementsOf(IntStream.range(0, 10).mapToObj(i -> "n" + i).toList());
    }

    @Test
    void aFailureIsTheAnswerToItsImageAndTheStreamGoesOn() {
        StreamCaller caller = new StreamCaller(stub::classifyStream);
        caller.send(image("a", Pictures.red()));
        caller.send(image("b", new byte[] {1, 2, 3}));
        caller.send(image("c", Pictures.blue()).toBuilder().setModel("shapes").build());
        caller.send(image("d", Pictures.blue()).toBuilder().setTopK(0).build());
        caller.send(image("e", Pictures.noise("bmp", 300)));
        caller.send(image("f", Pictures.green()).toBuilder().setVersion("1").setTopK(1).build());
        caller.end();
        assertThat(caller.awaitEnd()).isEqualTo(Status.Code.OK);
        List<ClassifyStreamResponse> answers = caller.answers();
        assertThat(answers)
                .extracting(StreamIntegrationTests::told)
                .containsExactly(
                        "red",
                        "UNSUPPORTED_MEDIA_TYPE",
                        "UNKNOWN_MODEL",
                        "INVALID_ARGUMENT",
                        "TOO_LARGE",
                        "green");
        assertThat(answers.getLast().getModel().getVersion()).isEqualTo("1");
        assertThat(answers.getLast().getResult().getClassification().getPredictionsCount())
                .isEqualTo(1);
    }

    @Test
    void aSlowReaderIsServedNoFasterThanItReads() {
        AtomicInteger asked = new AtomicInteger();
        newer.answers(request -> {
            asked.incrementAndGet();
            return CompletableFuture.completedFuture(
                    new Failure(FailureCode.INTERNAL, "x".repeat(10_000)));
        });
        int images = 2_000;
        StreamCaller caller = new StreamCaller(stub::classifyStream).readingNothing();
        caller.sendAll(
                IntStream.range(0, images)
                        .mapToObj(i -> image("n" + i, Pictures.onePixel()))
                        .toList());
        int settled = settled(asked);
        // what gRPC itself holds on to: the reader's window, and 32 KiB that wait to be sent
        assertThat(settled).isBetween(OrderedStream.AT_A_TIME, images / 2);
        caller.readAll();
        assertThat(caller.awaitEnd()).isEqualTo(Status.Code.OK);
        assertThat(caller.answers())
                .extracting(ClassifyStreamResponse::getId)
                .containsExactlyElementsOf(
                        IntStream.range(0, images).mapToObj(i -> "n" + i).toList());
    }

    /** A count once it has stood still. */
    private static int settled(AtomicInteger count) {
        AtomicInteger last = new AtomicInteger(-1);
        await().pollInterval(Duration.ofMillis(500))
                .atMost(LONG)
                .until(() -> last.getAndSet(count.get()) == count.get() && count.get() > 0);
        return count.get();
    }

    @Test
    void whatIsUnderWayIsCancelledWhenTheClientLeaves() throws Exception {
        ConcurrentLinkedQueue<CompletableFuture<Outcome>> asked = new ConcurrentLinkedQueue<>();
        CountDownLatch three = new CountDownLatch(3);
        newer.answers(request -> {
            CompletableFuture<Outcome> never = new CompletableFuture<>();
            asked.add(never);
            three.countDown();
            return never;
        });
        double before = counted("cancelled");
        StreamCaller caller = new StreamCaller(stub::classifyStream);
        IntStream.range(0, 3).forEach(i -> caller.send(image("n" + i, Pictures.red())));
        assertThat(three.await(30, TimeUnit.SECONDS)).isTrue();
        caller.leave();
        await().atMost(LONG).until(() -> asked.stream().allMatch(CompletableFuture::isCancelled));
        await().atMost(LONG).until(() -> counted("cancelled") == before + 3);
    }

    @Test
    void theDeadlineOfAStreamEndsWhatIsUnderWay() {
        CompletableFuture<Outcome> never = new CompletableFuture<>();
        newer.answers(request -> never);
        StreamCaller caller =
                new StreamCaller(
                        stub.withDeadlineAfter(500, TimeUnit.MILLISECONDS)::classifyStream);
        caller.send(image("a", Pictures.red()));
        assertThat(caller.awaitEnd()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        await().atMost(LONG).until(never::isCancelled);
    }

    @Test
    void everyImageOfAStreamIsCounted() {
        double ok = counted("ok");
        double invalid = counted("invalid_image");
        StreamCaller caller = new StreamCaller(stub::classifyStream);
        caller.send(image("a", Pictures.red()));
        caller.send(image("b", Pictures.red()));
        caller.send(image("c", new byte[0]));
        caller.end();
        caller.awaitEnd();
        await().atMost(LONG)
                .until(() -> counted("ok") == ok + 2 && counted("invalid_image") == invalid + 1);
    }

    private double counted(String outcome) {
        return meters
                .find("dmst.requests")
                .tags("protocol", "grpc", "operation", "classify_stream", "outcome", outcome)
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
