package io.dmst.grpc;

import com.google.protobuf.MessageLite;
import io.dmst.inference.Failure;
import io.dmst.pipeline.BodyBudget;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.springframework.stereotype.Component;

/** What all streams share: threads, the memory for bodies, the metrics. */
@Component
class Streams {

    private final ExecutorService threads;
    private final BodyBudget budget;
    private final MeterRegistry meters;
    private final OpenCalls calls;

    Streams(
            ExecutorService grpcHandlers,
            BodyBudget budget,
            MeterRegistry meters,
            OpenCalls calls) {
        this.threads = grpcHandlers;
        this.budget = budget;
        this.meters = meters;
        this.calls = calls;
    }

    /** How a message of a stream is answered. */
    interface Answering<Q, A> {

        /** Value of the metrics' label. */
        String operation();

        /** The answer to a message, or why there is none. */
        Checked<A> answer(Q message, Exchange exchange);

        /** The answer that says why there is none. */
        A refuse(Q message, Failure failure);
    }

    /** Answers a stream. */
    <Q extends MessageLite, A> StreamObserver<Q> open(
            StreamObserver<A> reader, Answering<Q, A> answering) {
        return new OrderedStream<>((ServerCallStreamObserver<A>) reader, answering, this);
    }

    <T> Future<T> submit(Callable<T> work) {
        return threads.submit(work);
    }

    void opened(Runnable end) {
        calls.opened(end);
    }

    void closed(Runnable end) {
        calls.closed(end);
    }

    /** Takes the memory for a message; -1 if there is none. */
    long reserve(long bytes) {
        return budget.reserve(bytes) ? bytes : -1;
    }

    static Failure tooMuch() {
        return BodyBudget.exhausted();
    }

    /** Gives the memory back and counts the message. */
    void over(Exchange exchange, long bytes) {
        budget.release(bytes);
        exchange.record(meters);
    }
}
