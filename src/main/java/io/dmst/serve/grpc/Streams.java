package io.dmst.serve.grpc;

import com.google.protobuf.MessageLite;
import io.dmst.serve.predict.BodyMemory;
import io.dmst.serve.predict.Deadline;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.RequestContext;
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
    private final BodyMemory memory;
    private final MeterRegistry meters;
    private final OpenCalls calls;

    Streams(
            ExecutorService grpcHandlers,
            BodyMemory memory,
            MeterRegistry meters,
            OpenCalls calls) {
        this.threads = grpcHandlers;
        this.memory = memory;
        this.meters = meters;
        this.calls = calls;
    }

    /** How a message of a stream is answered. */
    interface Answering<Q, A> {

        /** Value of the metrics' label. */
        String operation();

        /**
         * The answer to a message.
         *
         * @throws io.dmst.serve.predict.FailureException if there is none
         */
        A answer(Q message, RequestContext context);

        /** The answer that carries a failure. */
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

    /** The memory of a message, to be charged and closed by the stream. */
    BodyMemory.Body memory() {
        return memory.open(Deadline.none());
    }

    /** Counts a finished message. */
    void finished(RequestContext context) {
        context.recorder().record(meters, context.elapsed());
    }
}
