package io.dmst.serve.gateway;

import inference.ModelInferRequest;
import inference.ModelInferResponse;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One request on its way to one node; ends once. */
final class NodeCall extends ClientCall.Listener<ModelInferResponse> {

    /** What the call says of the node. */
    enum Verdict {
        /** It predicted. */
        ANSWERED,
        /** It did not, but said why, and is not to blame. */
        WORKS,
        /** It did not, and it is to blame. */
        FAILS,
        /** It did not by the request's deadline. */
        LATE,
        /** Nobody waited for it. */
        UNKNOWN
    }

    /** Hears how it ended. */
    interface Done {

        /**
         * Once.
         *
         * @param answer absent unless the status is OK
         */
        void ended(
                Node node, Status status, @Nullable ModelInferResponse answer, Metadata trailers);
    }

    private final ClientCall<ModelInferRequest, ModelInferResponse> call;
    private final Node node;
    private final Done done;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final long sent = System.nanoTime();
    private volatile @Nullable ModelInferResponse answer;

    NodeCall(ClientCall<ModelInferRequest, ModelInferResponse> call, Node node, Done done) {
        this.call = call;
        this.node = node;
        this.done = done;
    }

    void start(ModelInferRequest message) {
        Metadata headers = new Metadata();
        headers.put(Node.REQUEST_ID, message.getId());
        call.start(this, headers);
        call.request(2);
        call.sendMessage(message);
        call.halfClose();
    }

    @Override
    public void onHeaders(Metadata headers) {
        node.heard();
    }

    @Override
    public void onMessage(ModelInferResponse message) {
        node.heard();
        answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        boolean broken = status.isOk() && answer == null;
        end(broken ? Status.UNAVAILABLE.withDescription("no answer") : status, trailers);
    }

    private void end(Status status, Metadata trailers) {
        if (ended.compareAndSet(false, true)) {
            node.ended(this, verdict(status, trailers), System.nanoTime() - sent);
            done.ended(node, status, status.isOk() ? answer : null, trailers);
        }
    }

    private static Verdict verdict(Status status, Metadata trailers) {
        if (status.isOk()) {
            return Verdict.ANSWERED;
        }
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return Verdict.LATE;
        }
        if (status.getCode() == Status.Code.CANCELLED || Upstream.notReady(status, trailers)) {
            return Verdict.UNKNOWN; // one that is not ready is left alone for what it said
        }
        return Upstream.meaning(status) == Upstream.Meaning.ELSEWHERE
                ? Verdict.FAILS
                : Verdict.WORKS;
    }

    /** Takes the node for dead: it ends as if it were, and nobody waits for it any longer. */
    void giveUp() {
        end(Status.UNAVAILABLE.withDescription("the node does not answer"), new Metadata());
        cancel();
    }

    /** Nobody waits for it any longer. */
    void cancel() {
        call.cancel("nobody waits for the answer", null);
    }
}
