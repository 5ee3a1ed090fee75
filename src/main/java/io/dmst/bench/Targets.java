package io.dmst.bench;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Opens targets by their addresses. */
public final class Targets {

    /** What is asked of a server. */
    public enum Operation {
        /** {@code /v1/classify}. */
        CLASSIFY,
        /** {@code /v1/explain}. */
        EXPLAIN
    }

    private Targets() {}

    /**
     * One target for several servers, which are asked in turn.
     *
     * @param addresses {@code http} or {@code https}; without a path, that of the operation
     * @param timeout that a request may take, or absent for the server's default
     * @throws IllegalArgumentException for any other address
     */
    public static Target of(List<URI> addresses, Operation operation, @Nullable Duration timeout) {
        List<Target> targets =
                addresses.stream().map(address -> of(address, operation, timeout)).toList();
        return targets.size() == 1 ? targets.getFirst() : new InTurn(targets, new AtomicLong());
    }

    private static Target of(URI address, Operation operation, @Nullable Duration timeout) {
        String scheme = String.valueOf(address.getScheme());
        if (!scheme.matches("https?") || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "expected an address such as http://localhost:8080, not " + address);
        }
        return new HttpTarget(address, operation, timeout);
    }

    private record InTurn(List<Target> targets, AtomicLong sent) implements Target {

        @Override
        public Answer send(byte[] image) throws InterruptedException {
            int place = (int) Math.floorMod(sent.getAndIncrement(), (long) targets.size());
            return targets.get(place).send(image);
        }

        @Override
        public void close() {
            targets.forEach(Target::close);
        }
    }
}
