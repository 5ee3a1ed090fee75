package io.dmst.gateway;

import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One inference node: its connection, what is on its way to it, and whether it is to be trusted.
 * Safe for use by several threads.
 */
final class Node {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    /** Probes in a row without an answer after which what is on its way is asked elsewhere. */
    private static final int MISSES = 2;

    static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private final String address;
    private final String model;
    private final ManagedChannel channel;
    private final Breaker breaker = new Breaker();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final Set<NodeCall> calls = ConcurrentHashMap.newKeySet();
    private volatile Offer offer = Offer.everything();
    private volatile boolean healthy;
    private volatile int misses;

    /** Takes over the channel. */
    Node(String address, String model, ManagedChannel channel) {
        this.address = address;
        this.model = model;
        this.channel = channel;
    }

    String address() {
        return address;
    }

    /** Requests that it has not answered yet. */
    int outstanding() {
        return outstanding.get();
    }

    /** Whether it said lately that it serves the model, and does not fail. */
    boolean trusted() {
        return healthy && breaker.closed();
    }

    /** Whether one request may find out if it works again; whoever hears yes must send one. */
    boolean mayBeProbed(long now) {
        return healthy && breaker.probe(now);
    }

    /** Whether it has the outputs that a request cannot do without. */
    boolean answers(ModelInferRequest message) {
        return offer.answers(message);
    }

    /** Asks whether it serves the model. */
    void askHealth(Duration within) {
        CallOptions options =
                CallOptions.DEFAULT.withDeadlineAfter(within.toNanos(), TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(
                channel.newCall(GRPCInferenceServiceGrpc.getModelReadyMethod(), options),
                ModelReadyRequest.newBuilder().setName(model).build(),
                new StreamObserver<ModelReadyResponse>() {
                    @Override
                    public void onNext(ModelReadyResponse answer) {
                        misses = 0;
                        if (answer.getReady() && !healthy) {
                            askOffer(options);
                        } else {
                            healthy(answer.getReady());
                        }
                    }

                    @Override
                    public void onError(Throwable error) {
                        missed(Status.fromThrowable(error));
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    /** Asks what it has to offer, before it gets its first request. */
    private void askOffer(CallOptions options) {
        ClientCalls.asyncUnaryCall(
                channel.newCall(GRPCInferenceServiceGrpc.getModelMetadataMethod(), options),
                ModelMetadataRequest.newBuilder().setName(model).build(),
                new StreamObserver<ModelMetadataResponse>() {
                    @Override
                    public void onNext(ModelMetadataResponse answer) {
                        offer = Offer.of(answer);
                        healthy(true);
                    }

                    @Override
                    public void onError(Throwable error) {
                        missed(Status.fromThrowable(error));
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    private void healthy(boolean now) {
        if (healthy != now) {
            log.info("inference node {} {}", address, now ? "serves" : "does not serve");
        }
        healthy = now;
    }

    private void missed(Status status) {
        misses++;
        if (status.getCode() == Status.Code.UNAVAILABLE || misses >= MISSES) {
            healthy(false);
        }
        if (misses >= MISSES) {
            calls.forEach(NodeCall::giveUp);
        }
    }

    /** It said itself that it takes no requests: it is left alone until it says otherwise. */
    void notReady() {
        healthy(false);
    }

    /** Sends a request. */
    NodeCall send(ModelInferRequest message, Duration within, NodeCall.Done done) {
        ClientCall<ModelInferRequest, ModelInferResponse> call =
                channel.newCall(
                        GRPCInferenceServiceGrpc.getModelInferMethod(),
                        CallOptions.DEFAULT.withDeadlineAfter(
                                within.toNanos(), TimeUnit.NANOSECONDS));
        outstanding.incrementAndGet();
        NodeCall sent = new NodeCall(call, this, done);
        calls.add(sent);
        sent.start(offer.trimmed(message));
        return sent;
    }

    /** Hears that a request is over. */
    void ended(NodeCall call, NodeCall.Verdict verdict) {
        calls.remove(call);
        outstanding.decrementAndGet();
        switch (verdict) {
            case WORKS -> breaker.succeeded();
            case FAILS -> breaker.failed(System.nanoTime());
            case UNKNOWN -> breaker.abandoned();
        }
    }

    /** Takes no more requests; those under way are answered. */
    void drain() {
        channel.shutdown();
    }

    /** Breaks everything off. */
    void close() {
        channel.shutdownNow();
    }
}
