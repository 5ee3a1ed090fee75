package io.dmst.serve.gateway;

import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelReadyRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One inference node: its connection, what is on its way to it, and whether it is to be trusted.
 * Safe for use by several threads.
 */
final class Node {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    /**
     * A node that was asked, and of which nothing at all was heard for so long, is taken as dead.
     */
    static final Duration SILENCE = Duration.ofSeconds(2);

    private static final Duration LATE = SILENCE.plusMillis(500);

    static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private final String address;
    private final String model;
    private final ManagedChannel channel;
    private final Breaker breaker = new Breaker();
    private final LatencyEstimate pace = new LatencyEstimate();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final Set<NodeCall> calls = ConcurrentHashMap.newKeySet();
    private volatile NodeCapabilities offer = NodeCapabilities.everything();
    private volatile State state = State.UNKNOWN;
    private volatile long heard = System.nanoTime();

    /** What is known of a node. */
    enum State {
        /** It has not answered yet. */
        UNKNOWN,
        /** It says that it serves the model. */
        SERVING,
        /** It says that it does not: it loads, or is about to stop. */
        NOT_READY,
        /** There is no connection to it. */
        UNREACHABLE,
        /** There is a connection, but nothing comes. */
        SILENT,
        /** It says that it serves the model, but requests fail. */
        FAILING;

        /** As users read it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Takes over the channel. */
    Node(String address, String model, ManagedChannel channel) {
        this.address = address;
        this.model = model;
        this.channel = channel;
    }

    String address() {
        return address;
    }

    State state() {
        return state == State.SERVING && !breaker.closed() ? State.FAILING : state;
    }

    /** Requests that it has not answered yet. */
    int outstanding() {
        return outstanding.get();
    }

    /** Whether it said lately that it serves the model, and does not fail. */
    boolean trusted() {
        return state() == State.SERVING;
    }

    /** Whether it says that it serves the model, but the breaker keeps requests away from it. */
    boolean tripped() {
        return state() == State.FAILING;
    }

    /** Whether one request may find out if it works again; whoever hears yes must send one. */
    boolean mayBeProbed(long now) {
        return state == State.SERVING && breaker.probe(now);
    }

    /** Whether it has the outputs that a request cannot do without. */
    boolean answers(ModelInferRequest message) {
        return offer.answers(message);
    }

    /** Asks whether it serves the model. */
    void askHealth() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff(); // its pauses grow to two minutes; this one is asked
            // often
        }
        ask(
                GRPCInferenceServiceGrpc.getModelReadyMethod(),
                ModelReadyRequest.newBuilder().setName(model).build(),
                answer -> {
                    if (!answer.getReady()) {
                        become(State.NOT_READY, "it says so");
                    } else if (state != State.SERVING) {
                        askOffer();
                    }
                },
                System.nanoTime());
    }

    /** Asks what it has to offer, before it gets its first request. */
    private void askOffer() {
        ask(
                GRPCInferenceServiceGrpc.getModelMetadataMethod(),
                ModelMetadataRequest.newBuilder().setName(model).build(),
                answer -> {
                    offer = NodeCapabilities.of(answer);
                    become(State.SERVING, "it says so");
                },
                System.nanoTime());
    }

    private <Q, A> void ask(
            MethodDescriptor<Q, A> method, Q question, Consumer<A> answered, long asked) {
        ClientCalls.asyncUnaryCall(
                channel.newCall(method, options(SILENCE)),
                question,
                new StreamObserver<>() {
                    @Override
                    public void onNext(A answer) {
                        heard();
                        answered.accept(answer);
                    }

                    @Override
                    public void onError(Throwable error) {
                        unanswered(Status.fromThrowable(error), asked);
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    private static CallOptions options(Duration within) {
        return CallOptions.DEFAULT.withDeadlineAfter(within.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void become(State now, String why) {
        if (state != now) {
            log.info("inference node {} is {}: {}", address, now.word(), why);
            if (now == State.SERVING) {
                breaker.reset(); // else, without requests, none would find out that it works again
            }
        }
        state = now;
    }

    private void unanswered(Status status, long asked) {
        switch (status.getCode()) {
            case UNAVAILABLE -> become(State.UNREACHABLE, words(status));
            case DEADLINE_EXCEEDED -> {
                // where this process stood still itself, the answer may lie before it unread
                boolean inTime = System.nanoTime() - asked < LATE.toNanos();
                if (heard - asked < 0 && inTime) {
                    silent();
                }
            }
            default -> become(State.NOT_READY, words(status));
        }
    }

    private static String words(Status status) {
        Throwable cause = status.getCause();
        return status.getCode()
                + ", "
                + status.getDescription()
                + (cause == null ? "" : ", " + cause.getMessage());
    }

    private void silent() {
        become(State.SILENT, "nothing was heard for " + SILENCE);
        calls.forEach(NodeCall::giveUp);
        if (channel.getState(false) == ConnectivityState.READY) {
            channel.enterIdle(); // the next one begins without the losses of this one
        }
    }

    /** Something came from it. */
    void heard() {
        heard = System.nanoTime();
    }

    /** It said itself that it takes no requests: it is left alone until it says otherwise. */
    void notReady() {
        become(State.NOT_READY, "it refused a request");
    }

    /** Sends a request. */
    NodeCall send(ModelInferRequest message, Duration within, NodeCall.Done done) {
        ClientCall<ModelInferRequest, ModelInferResponse> call =
                channel.newCall(GRPCInferenceServiceGrpc.getModelInferMethod(), options(within));
        outstanding.incrementAndGet();
        NodeCall sent = new NodeCall(call, this, done);
        calls.add(sent);
        sent.start(offer.trimmed(message));
        return sent;
    }

    /**
     * Hears that a request is over.
     *
     * @param nanos since it was sent
     */
    void ended(NodeCall call, NodeCall.Verdict verdict, long nanos) {
        calls.remove(call);
        outstanding.decrementAndGet();
        switch (verdict) {
            case ANSWERED -> {
                pace.answered(nanos);
                breaker.succeeded();
            }
            case WORKS -> {
                heard();
                breaker.succeeded();
            }
            case FAILS -> breaker.failed(System.nanoTime());
            case LATE -> {
                if (pace.tooSlow(nanos)) {
                    breaker.failed(System.nanoTime());
                } else {
                    breaker.abandoned();
                }
            }
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
