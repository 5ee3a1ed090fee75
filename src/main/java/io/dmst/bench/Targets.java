package io.dmst.bench;

import com.google.protobuf.ByteString;
import dmst.v1.ClassifyRequest;
import dmst.v1.ExplainRequest;
import dmst.v1.VisionServiceGrpc;
import io.dmst.bench.Encoding.Message;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens targets by their addresses. */
public final class Targets {

    /** What is asked of a server. */
    public enum Operation {
        /** What is in the image. */
        CLASSIFY,
        /** And why: everything that the protocol's explanation has by default. */
        EXPLAIN
    }

    private Targets() {}

    /**
     * One target for several servers, which are asked in turn.
     *
     * @param addresses {@code http(s)://host:port}, whose path is the operation's if it has none;
     *     {@code grpc://host:port}; {@code oip+http(s)://…} and {@code oip+grpc://host:port}, as
     *     {@link OipTargets} says
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
        if (address.getHost() == null) {
            throw unknown(address);
        }
        return switch (scheme) {
            case "http", "https" -> new HttpTarget(path(address, operation), Message::of, timeout);
            case "grpc" -> vision(address, operation, timeout);
            case "oip+http", "oip+https" -> OipTargets.http(address, operation, timeout);
            case "oip+grpc" -> OipTargets.grpc(address, operation, timeout);
            default -> throw unknown(address);
        };
    }

    private static IllegalArgumentException unknown(URI address) {
        return new IllegalArgumentException(
                "expected an address such as http://localhost:8080, grpc://localhost:8081,"
                        + " oip+http://localhost:8080 or oip+grpc://localhost:8081, not "
                        + address);
    }

    private static URI path(URI address, Operation operation) {
        String path = address.getPath();
        return path == null || path.isEmpty() || path.equals("/")
                ? address.resolve("/v1/" + operation.name().toLowerCase(Locale.ROOT))
                : address;
    }

    private static Target vision(URI address, Operation operation, @Nullable Duration timeout) {
        return switch (operation) {
            case CLASSIFY ->
                    new GrpcTarget(
                            address,
                            VisionServiceGrpc.getClassifyMethod(),
                            ((Encoding) Targets::classify).once(),
                            timeout);
            case EXPLAIN ->
                    new GrpcTarget(
                            address,
                            VisionServiceGrpc.getExplainMethod(),
                            ((Encoding) Targets::explain).once(),
                            timeout);
        };
    }

    private static Message classify(byte[] image) {
        return Message.of(
                ClassifyRequest.newBuilder()
                        .addImages(ByteString.copyFrom(image))
                        .build()
                        .toByteArray());
    }

    private static Message explain(byte[] image) {
        return Message.of(
                ExplainRequest.newBuilder()
                        .setImage(ByteString.copyFrom(image))
                        .build()
                        .toByteArray());
    }

    /**
     * Several targets as one.
     *
     * @param sent so far
     */
    record InTurn(List<Target> targets, AtomicLong sent) implements Target {

        @Override
        public int atATime() {
            long all = targets.stream().mapToLong(Target::atATime).sum();
            return (int) Math.min(Integer.MAX_VALUE, all);
        }

        @Override
        public void begin(byte[] image, Consumer<Answer> done) {
            next().begin(image, done);
        }

        @Override
        public Optional<ScheduledExecutorService> sender() {
            // one keeps the time for all; the others' threads are woken by it
            return targets.getFirst().sender();
        }

        private Target next() {
            int place = (int) Math.floorMod(sent.getAndIncrement(), (long) targets.size());
            return targets.get(place);
        }

        @Override
        public void close() {
            targets.forEach(Target::close);
        }
    }
}
