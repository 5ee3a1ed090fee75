package io.dmst.serve.gateway;

import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of the Open Inference Protocol that does what a test says, and notes what it hears. */
final class ScriptedNode implements AutoCloseable {

    private final Server server;
    private final List<Long> deadlines = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile Script script;

    /** What becomes of a request; on a thread of its own, which may wait. */
    interface Script {
        void answer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer)
                throws InterruptedException;
    }

    ScriptedNode(Script script) throws IOException {
        this.script = script;
        server =
                NettyServerBuilder.forPort(0)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .addService(new Endpoint())
                        .build()
                        .start();
    }

    /** Refuses with a status. */
    static Script refuses(Status status) {
        return (request, observer) -> observer.onError(status.asRuntimeException());
    }

    void does(Script other) {
        script = other;
    }

    String address() {
        return "localhost:" + server.getPort();
    }

    /** Milliseconds that each request had left when it came, in their order. */
    List<Long> deadlines() {
        return deadlines;
    }

    /** Most requests that it had at a time. */
    int mostOpen() {
        return mostOpen.get();
    }

    private final class Endpoint extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {

        @Override
        public void modelReady(
                ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
            observer.onNext(ModelReadyResponse.newBuilder().setReady(true).build());
            observer.onCompleted();
        }

        @Override
        public void modelMetadata(
                ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
            observer.onNext(
                    ModelMetadataResponse.newBuilder().putProperties("digest", "any").build());
            observer.onCompleted();
        }

        @Override
        public void modelInfer(
                ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
            Deadline deadline = Objects.requireNonNull(Context.current().getDeadline());
            deadlines.add(deadline.timeRemaining(TimeUnit.MILLISECONDS));
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            try {
                script.answer(request, observer);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                open.decrementAndGet();
            }
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
