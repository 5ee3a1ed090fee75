package io.dmst.serve.grpc;

import com.google.protobuf.MessageLite;
import io.dmst.serve.predict.BodyMemory;
import io.dmst.serve.predict.FailureException;
import io.dmst.serve.predict.RequestContext;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Answers the messages of one stream in their order, several at a time.
 *
 * <p>A message is requested for each answer that was read, so at most {@link #AT_A_TIME} of them
 * are in memory however slowly the client reads. A failure is the answer to its own message and
 * does not end the stream. When the client cancels, or the stream's deadline passes, the handlers
 * are interrupted.
 *
 * @param <Q> messages of the client
 * @param <A> answers
 */
final class OrderedStream<Q extends MessageLite, A> implements StreamObserver<Q> {

    /** Messages that are answered, or wait to be read, at a time. */
    static final int AT_A_TIME = 16;

    private final ServerCallStreamObserver<A> reader;
    private final Streams.Answering<Q, A> answering;
    private final Streams streams;
    private final RequestContext whole = RequestContextInterceptor.current();
    private final Context context = Context.current();
    private final BlockingQueue<Optional<Entry>> entries = new LinkedBlockingQueue<>();
    private final Semaphore readiness = new Semaphore(0);
    private final Runnable end = this::stop;
    private final Future<?> writer;
    private volatile boolean stopping;
    private int taken;

    /** A message that is being answered. */
    private final class Entry {

        private final RequestContext request;
        private final BodyMemory.Body memory = streams.memory();
        private final Future<A> answer;

        Entry(Q message, RequestContext request) {
            this.request = request;
            this.answer = streams.submit(context.wrap(() -> answer(message)));
        }

        private A answer(Q message) {
            try {
                memory.received(message.getSerializedSize());
                memory.complete();
                A found = Answers.handled(request, r -> answering.answer(message, r));
                request.recorder().answered();
                return found;
            } catch (FailureException e) {
                request.recorder().failed(e.failure().code());
                return answering.refuse(message, e.failure());
            }
        }

        void finish(boolean read) {
            if (!read) {
                answer.cancel(true);
                request.recorder().cancelled();
            }
            memory.close();
            streams.finished(request);
        }
    }

    /**
     * Starts to accept messages; called within the service's method.
     *
     * @param reader of the answers
     */
    OrderedStream(
            ServerCallStreamObserver<A> reader,
            Streams.Answering<Q, A> answering,
            Streams streams) {
        this.reader = reader;
        this.answering = answering;
        this.streams = streams;
        reader.disableAutoRequest();
        reader.setOnReadyHandler(readiness::release);
        reader.setOnCancelHandler(this::cancelled);
        writer = streams.submit(context.wrap(this::write));
        streams.opened(end);
        reader.request(AT_A_TIME);
    }

    /** Synchronized so that a message is queued before the mark of a stop. */
    @Override
    public synchronized void onNext(Q message) {
        String id = "%s/%d".formatted(whole.requestId(), taken++);
        RequestContext request =
                RequestContext.start(RequestContextInterceptor.PROTOCOL, id, whole.path());
        request.recorder().operation(answering.operation());
        entries.add(Optional.of(new Entry(message, request)));
    }

    /** The client sends no more. */
    @Override
    public void onCompleted() {
        entries.add(Optional.empty());
    }

    /** The client cancelled; the cancel handler is called too. */
    @Override
    public void onError(Throwable error) {}

    private void cancelled() {
        writer.cancel(true);
        abandon(null); // a writer that has not started never will
    }

    /** Accepts no more messages; the accepted ones are answered. */
    private synchronized void stop() {
        stopping = true;
        entries.add(Optional.empty());
    }

    private Void write() {
        Entry current = null;
        try {
            for (Optional<Entry> next = entries.take(); next.isPresent(); next = entries.take()) {
                current = next.get();
                A answer = current.answer.get();
                awaitReader();
                reader.onNext(answer);
                current.finish(true);
                current = null;
                if (!stopping) {
                    reader.request(1);
                }
            }
            if (stopping) {
                reader.onError(Statuses.error(OpenCalls.stopped()));
            } else {
                reader.onCompleted();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer of a stream must be a value", e);
        } finally {
            abandon(current);
        }
        return null;
    }

    private void awaitReader() throws InterruptedException {
        while (!reader.isReady()) {
            readiness.acquire();
            readiness.drainPermits();
        }
    }

    /** Cancels what will not be read. */
    private void abandon(@Nullable Entry current) {
        streams.closed(end);
        if (current != null) {
            current.finish(false);
        }
        for (Optional<Entry> entry = entries.poll(); entry != null; entry = entries.poll()) {
            entry.ifPresent(e -> e.finish(false));
        }
    }
}
