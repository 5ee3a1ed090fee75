package io.dmst.bench;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.ClassifyResponse;
import dmst.v1.ClassifyStreamRequest;
import dmst.v1.ClassifyStreamResponse;
import dmst.v1.Result;
import dmst.v1.VisionServiceGrpc;
import io.dmst.bench.SoakLedger.Verdict;
import io.dmst.bench.SoakVisitor.Seen;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The kinds of requests of a soak by gRPC. What a good image's answer must be is what the first
 * answer was, to the last bit. Safe for use by several threads.
 */
final class SoakGrpc implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final int MESSAGES = 10;
    private static final String STREAM = "grpc stream";

    private final ManagedChannel channel;
    private final VisionServiceGrpc.VisionServiceBlockingStub stub;
    private final ByteString image;
    private final Result right;

    /**
     * @param image that is good
     */
    SoakGrpc(int port, byte[] image) {
        this.channel = GrpcAsker.channel(port);
        this.stub = VisionServiceGrpc.newBlockingStub(channel);
        this.image = ByteString.copyFrom(image);
        this.right = patient().classify(request(this.image)).getResults(0);
    }

    private VisionServiceGrpc.VisionServiceBlockingStub patient() {
        return stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static ClassifyRequest request(ByteString image) {
        return ClassifyRequest.newBuilder().addImages(image).build();
    }

    private record Named(String kind, Sending sending) implements SoakVisitor {

        interface Sending {
            Seen visit(String id) throws Exception;
        }

        @Override
        public int requests() {
            return kind.equals(STREAM) ? MESSAGES : 1;
        }

        @Override
        public Seen visit(String id) throws Exception {
            return sending.visit(id);
        }
    }

    /** One of each kind. */
    List<SoakVisitor> visitors() {
        return List.of(
                new Named("grpc good", id -> good()),
                new Named("grpc bad image", id -> bad()),
                new Named("grpc no time", id -> noTime()),
                new Named("grpc cancelled", id -> cancelled()),
                new Named(STREAM, this::stream));
    }

    private Seen good() {
        try {
            return patient().classify(request(image)).getResults(0).equals(right)
                    ? Seen.RIGHT
                    : new Seen(Verdict.WRONG, "another result");
        } catch (StatusRuntimeException e) {
            return failed(e, "OVERLOADED", "DEADLINE_EXCEEDED");
        }
    }

    private static Seen failed(StatusRuntimeException error, String... right) {
        String reason = GrpcAsker.reason(error);
        return reason.isEmpty()
                ? new Seen(Verdict.LOST, error.toString())
                : Seen.among(reason, right);
    }

    private Seen bad() {
        try {
            patient().classify(request(image.substring(0, image.size() / 2)));
            return new Seen(Verdict.WRONG, "half an image was classified");
        } catch (StatusRuntimeException e) {
            return failed(e, "INVALID_IMAGE", "OVERLOADED", "DEADLINE_EXCEEDED");
        }
    }

    private Seen noTime() {
        try {
            stub.withDeadlineAfter(2, TimeUnit.MILLISECONDS).classify(request(image));
            return Seen.RIGHT;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
                    ? Seen.RIGHT
                    : failed(e, "OVERLOADED");
        }
    }

    private Seen cancelled() throws InterruptedException {
        Context.CancellableContext context = Context.current().withCancellation();
        try {
            context.run(() ->
                    VisionServiceGrpc.newStub(channel).classify(request(image), new Nobody()));
            Thread.sleep(2);
        } finally {
            context.cancel(null);
        }
        return Seen.LEFT;
    }

    private Seen stream(String id) throws InterruptedException {
        Heard heard = new Heard();
        StreamObserver<ClassifyStreamRequest> images =
                VisionServiceGrpc.newStub(channel)
                        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .classifyStream(heard);
        List<String> ids = IntStream.range(0, MESSAGES).mapToObj(i -> id + "-" + i).toList();
        for (String one : ids) {
            images.onNext(ClassifyStreamRequest.newBuilder().setId(one).setImage(image).build());
        }
        images.onCompleted();
        if (!heard.end.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            return new Seen(Verdict.LOST, "the stream has no end");
        }
        List<String> came = List.copyOf(heard.ids);
        if (came.equals(ids)) {
            return heard.wrong.isEmpty()
                    ? Seen.RIGHT
                    : new Seen(Verdict.WRONG, heard.wrong.toString());
        }
        return new Seen(
                came.size() > ids.size() ? Verdict.DOUBLE : Verdict.LOST,
                came.size() + " answers, not the " + ids.size() + " in their order");
    }

    /** Does not listen. */
    private static final class Nobody implements StreamObserver<ClassifyResponse> {

        @Override
        public void onNext(ClassifyResponse answer) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }

    private final class Heard implements StreamObserver<ClassifyStreamResponse> {

        private final List<String> ids = Collections.synchronizedList(new ArrayList<>());
        private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch end = new CountDownLatch(1);

        @Override
        public void onNext(ClassifyStreamResponse answer) {
            ids.add(answer.getId());
            Result result = answer.getResult();
            String code = result.getError().getCode();
            if (!result.equals(right) && !code.equals("OVERLOADED")) {
                wrong.add(code);
            }
        }

        @Override
        public void onError(Throwable error) {
            wrong.add(error.toString());
            end.countDown();
        }

        @Override
        public void onCompleted() {
            end.countDown();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
