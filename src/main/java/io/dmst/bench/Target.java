package io.dmst.bench;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * A server as a load sees it, whatever it speaks. Safe for use by any number of threads.
 *
 * <p>A further protocol is a further implementation, chosen by {@link Targets} from the scheme of
 * the address.
 */
public interface Target extends AutoCloseable {

    /** Code of an answer that is none of the failures. */
    String OK = "OK";

    /** Code of a refusal for overload. */
    String OVERLOADED = "OVERLOADED";

    /**
     * What came back.
     *
     * @param code {@link #OK}, or a failure's: of the closed vocabulary where the server names one,
     *     else of the transport
     * @param retryAfter whether a refusal says when to come again
     * @param stages milliseconds of each stage that the server tells
     * @param batchSize images that were computed together, 0 where the server does not tell
     */
    record Answer(String code, boolean retryAfter, Map<String, Double> stages, int batchSize) {

        public Answer {
            stages = Map.copyOf(stages);
        }

        /** An answer that tells nothing but its code. */
        static Answer of(String code) {
            return new Answer(code, false, Map.of(), 0);
        }
    }

    /**
     * Sends one image and does not wait.
     *
     * @param image encoded
     * @param done is told the answer once, maybe before this returns, by a thread that must not be
     *     kept; it is never absent: a transport that fails is an answer too
     */
    void begin(byte[] image, Consumer<Answer> done);

    /**
     * Sends one image and waits for the answer.
     *
     * @param image encoded
     * @throws InterruptedException if the measurement is over; the answer is lost then
     */
    default Answer send(byte[] image) throws InterruptedException {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        begin(image, answer::complete);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes it so", e);
        }
    }

    /** How many requests an open loop sends it at a time; what comes meanwhile waits. */
    default int atATime() {
        return Integer.MAX_VALUE;
    }

    /**
     * The one thread that writes what this {@link #begin}s, where it can keep time to the tenth of
     * a millisecond: who begins requests in it wakes no other thread. It must not be kept.
     */
    default Optional<ScheduledExecutorService> sender() {
        return Optional.empty();
    }

    @Override
    void close();
}
