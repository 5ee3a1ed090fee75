package io.dmst.load;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.ClassifyResponse;
import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.Result;
import dmst.v1.VisionServiceGrpc;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The kinds of calls of a soak by gRPC. The first answer is what each answer to the good image must
 * equal, to the last bit. Safe for use by several threads.
 */
final class SoakCalls implements AutoCloseable {

    /** Images of a stream, each of which the service counts as a request. */
    static final int STREAMED = 10;

    static final String STREAM = "grpc stream";

    private static final long TIMEOUT_SECONDS = 60;
    private static final Set<String> REFUSALS = Set.of("OVERLOADED", "DEADLINE_EXCEEDED");

    private final ManagedChannel channel;
    private final ByteString good;
    private final Result expected;

    SoakCalls(ServiceProcess service, byte[] good) {
        this.channel = GrpcCalls.channel(service);
        this.good = ByteString.copyFrom(good);
        this.expected = classify(this.good);
    }

    /** One of each kind, by name. */
    Map<String, SoakKind> kinds() {
        return Map.of(
                "grpc good",
                id -> good(),
                "grpc bad image",
                id -> badImage(),
                "grpc short deadline",
                id -> shortDeadline(),
                "grpc cancelled",
                id -> cancelled(),
                STREAM,
                this::stream);
    }

    private static ClassifyRequest request(ByteString image) {
        return ClassifyRequest.newBuilder().addImages(image).build();
    }

    private Result classify(ByteString image) {
        return VisionServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .classify(request(image))
                .getResults(0);
    }

    private static String complaint(StatusRuntimeException failure) {
        return REFUSALS.contains(GrpcCalls.code(failure)) ? "" : failure.toString();
    }

    private String good() {
        try {
            return classify(good).equals(expected) ? "" : "another result";
        } catch (StatusRuntimeException e) {
            return complaint(e);
        }
    }

    private String badImage() {
        try {
            classify(good.substring(0, good.size() / 2));
            return "half an image was classified";
        } catch (StatusRuntimeException e) {
            return GrpcCalls.code(e).equals("INVALID_IMAGE") ? "" : complaint(e);
        }
    }

    private String shortDeadline() {
        try {
            VisionServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.MILLISECONDS)
                    .classify(request(good));
            return "";
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED ? "" : complaint(e);
        }
    }

    private String cancelled() throws InterruptedException {
        Context.CancellableContext context = Context.current().withCancellation();
        try {
            Received<ClassifyResponse> ignored = new Received<>();
            context.run(() -> VisionServiceGrpc.newStub(channel).classify(request(good), ignored));
            Thread.sleep(2);
        } finally {
            context.cancel(null);
        }
        return "";
    }

    private String stream(String id) throws Exception {
        Received<ClassifyStreamResponse> received = new Received<>();
        StreamObserver<ClassifyStreamRequest> images =
                VisionServiceGrpc.newStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .classifyStream(received);
        List<String> ids = IntStream.range(0, STREAMED).mapToObj(i -> id + "-" + i).toList();
        for (String one : ids) {
            images.onNext(ClassifyStreamRequest.newBuilder().setId(one).setImage(good).build());
        }
        images.onCompleted();
        List<ClassifyStreamResponse> responses =
                received.end.get(2 * TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (!responses.stream().map(ClassifyStreamResponse::getId).toList().equals(ids)) {
            return "responses are not the requests' in their order: " + responses.size();
        }
        return responses.stream().map(ClassifyStreamResponse::getResult).allMatch(this::isRight)
                ? ""
                : "wrong results in " + responses;
    }

    private boolean isRight(Result result) {
        return result.equals(expected) || result.getError().getCode().equals("OVERLOADED");
    }

    /** The messages of a call, complete at its end. */
    private static final class Received<T> implements StreamObserver<T> {

        private final List<T> messages = new ArrayList<>();
        private final CompletableFuture<List<T>> end = new CompletableFuture<>();

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            end.complete(messages);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
