package io.dmst.bench;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * A server as a load sees it, whatever it speaks. Safe for use by any number of virtual threads.
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
     * Sends one image and waits for the answer.
     *
     * @param image encoded
     * @return never absent: a transport that fails is an answer too
     * @throws InterruptedException if the measurement is over
     */
    Answer send(byte[] image) throws InterruptedException;

    /** How many requests it can send at a time; whoever sends more at once waits inside. */
    default int atATime() {
        return Integer.MAX_VALUE;
    }

    /** Whether {@link #begin} can be used: an answer needs no thread that waits for it. */
    default boolean begins() {
        return false;
    }

    /**
     * Sends one image and does not wait.
     *
     * @param image encoded
     * @param done is told the answer once, maybe before this returns, by a thread that must not be
     *     kept
     * @throws UnsupportedOperationException unless this {@link #begins}
     */
    default void begin(byte[] image, Consumer<Answer> done) {
        throw new UnsupportedOperationException("an answer needs a thread that waits for it");
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
