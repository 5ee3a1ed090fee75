package io.dmst.grpc;

import com.google.protobuf.MessageLite;
import io.dmst.inference.Failure;
import io.dmst.pipeline.Checked;
import io.dmst.pipeline.Exchange;
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
 * <p>A message is taken for each answer that was read: at most {@link #AT_A_TIME} of them are in
 * memory, be the reader ever so slow. A failure is the answer to its own message and ends nothing.
 * When the caller leaves, or the stream's time is over, all that is under way is interrupted.
 *
 * @param <Q> messages that come
 * @param <A> answers
 */
final class OrderedStream<Q extends MessageLite, A> implements StreamObserver<Q> {

    /** Messages that are answered, or wait to be read, at a time. */
    static final int AT_A_TIME = 16;

    private final ServerCallStreamObserver<A> reader;
    private final Streams.Answering<Q, A> answering;
    private final Streams streams;
    private final Exchange whole = ExchangeInterceptor.current();
    private final Context context = Context.current();
    private final BlockingQueue<Optional<Entry>> entries = new LinkedBlockingQueue<>();
    private final Semaphore readiness = new Semaphore(0);
    private final Runnable end = this::stop;
    private final Future<?> writer;
    private volatile boolean stopping;
    private int taken;

    /** A message under way. */
    private final class Entry {

        private final Exchange exchange;
        private final long bytes;
        private final Future<A> answer;

        Entry(Q message, Exchange exchange, long bytes) {
            this.exchange = exchange;
            this.bytes = bytes;
            this.answer = streams.submit(context.wrap(() -> answer(message)));
        }

        private A answer(Q message) {
            Checked<A> answer =
                    bytes < 0
                            ? new Checked.Refused<>(Streams.tooMuch())
                            : Answers.guarded(exchange, () -> answering.answer(message, exchange));
            return switch (answer) {
                case Checked.Accepted<A>(A found) -> {
                    exchange.answered();
                    yield found;
                }
                case Checked.Refused<A>(Failure failure) -> {
                    exchange.failed(failure.code());
                    yield answering.refuse(message, failure);
                }
            };
        }

        void over(boolean read) {
            if (!read) {
                answer.cancel(true);
                exchange.left();
            }
            streams.over(exchange, Math.max(0, bytes));
        }
    }

    /**
     * Begins to take messages; within the service's method.
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
        reader.setOnCancelHandler(this::left);
        writer = streams.submit(context.wrap(this::write));
        streams.opened(end);
        reader.request(AT_A_TIME);
    }

    /** Is in its place before a stop can be behind it, whose answer may be asked for meanwhile. */
    @Override
    public synchronized void onNext(Q message) {
        long bytes = streams.reserve(message.getSerializedSize());
        String id = "%s/%d".formatted(whole.requestId(), taken++);
        Exchange exchange = new Exchange(ExchangeInterceptor.PROTOCOL, id, whole.path());
        exchange.operation(answering.operation());
        entries.add(Optional.of(new Entry(message, exchange, bytes)));
    }

    /** All has come that will. */
    @Override
    public void onCompleted() {
        entries.add(Optional.empty());
    }

    /** The caller has left; the cancel handler knows too. */
    @Override
    public void onError(Throwable error) {}

    private void left() {
        writer.cancel(true);
        abandon(null); // a writer that had not begun never will
    }

    /** Takes no more; what was taken is answered. */
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
                current.over(true);
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

    /** Gives up what nobody will read. */
    private void abandon(@Nullable Entry current) {
        streams.closed(end);
        if (current != null) {
            current.over(false);
        }
        for (Optional<Entry> entry = entries.poll(); entry != null; entry = entries.poll()) {
            entry.ifPresent(e -> e.over(false));
        }
    }
}
