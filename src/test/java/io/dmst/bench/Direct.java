package io.dmst.bench;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * A server that is asked without a thread that waits.
 *
 * @param sender the thread of its connection, which keeps the time of what is sent; absent if it
 *     has none
 */
record Direct(Executor answering, Optional<ScheduledExecutorService> sender) implements Target {

    Direct(Executor answering) {
        this(answering, Optional.empty());
    }

    /** One whose connection has a thread. */
    static Direct connected(Executor answering) {
        return new Direct(answering, Optional.of(Executors.newSingleThreadScheduledExecutor()));
    }

    @Override
    public void begin(byte[] image, Consumer<Answer> done) {
        answering.execute(() -> done.accept(Answer.of(Target.OK)));
    }

    @Override
    public void close() {
        sender.ifPresent(ScheduledExecutorService::shutdownNow);
    }
}
