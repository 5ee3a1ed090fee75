package io.dmst.serve.gateway;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one table from what a node answers to what a user is told. */
final class Upstream {

    private static final Duration SOON = Duration.ofSeconds(1);

    private Upstream() {}

    /** What an error of a node means. */
    enum Meaning {
        /** Nothing was computed, or could not be told: another node may be asked. */
        ELSEWHERE,
        /** The node works, but has no room: another node may be asked, this one is not broken. */
        FULL,
        /** No other node would do better. */
        FINAL
    }

    static Meaning meaning(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE,
                    UNKNOWN,
                    UNIMPLEMENTED,
                    NOT_FOUND,
                    UNAUTHENTICATED,
                    PERMISSION_DENIED,
                    DATA_LOSS,
                    CANCELLED, // not by us: whoever cancels does not wait for what it means
                    ABORTED ->
                    Meaning.ELSEWHERE;
            case RESOURCE_EXHAUSTED -> Meaning.FULL;
            case OK,
                    INVALID_ARGUMENT,
                    DEADLINE_EXCEEDED,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    INTERNAL ->
                    Meaning.FINAL;
        };
    }

    /** What a user is told of a node's error. */
    static Failure failure(Status status, @Nullable Metadata trailers) {
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED ->
                    new Failure(
                            FailureCode.DEADLINE_EXCEEDED,
                            "the request's time was over before an inference node answered");
            case RESOURCE_EXHAUSTED ->
                    new Failure(
                            FailureCode.OVERLOADED,
                            "the inference nodes have too much to do; send this one again later",
                            retryAfter(status, trailers).orElse(SOON));
            case INTERNAL ->
                    new Failure(
                            FailureCode.INTERNAL,
                            "the model failed on this image; it is a fault of ours");
            case INVALID_ARGUMENT ->
                    reason(status, trailers)
                            .filter(code -> code == FailureCode.INVALID_ARGUMENT)
                            .map(code -> new Failure(code, String.valueOf(status.getDescription())))
                            .orElseGet(Upstream::misunderstood);
            case OK, ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE -> misunderstood();
            case UNAVAILABLE,
                    UNKNOWN,
                    UNIMPLEMENTED,
                    NOT_FOUND,
                    UNAUTHENTICATED,
                    PERMISSION_DENIED,
                    DATA_LOSS,
                    CANCELLED,
                    ABORTED ->
                    unavailable();
        };
    }

    /** Whether the node says itself that it takes no requests. */
    static boolean notReady(Status status, @Nullable Metadata trailers) {
        return status.getCode() == Status.Code.UNAVAILABLE
                && reason(status, trailers).equals(Optional.of(FailureCode.NOT_READY));
    }

    /** Nobody answers. */
    static Failure unavailable() {
        return new Failure(
                FailureCode.UPSTREAM_UNAVAILABLE,
                "no inference node answers; send the request again later",
                SOON);
    }

    /** Those who answer run a graph without what explains it. */
    static Failure lacking() {
        return new Failure(
                FailureCode.INVALID_ARGUMENT,
                "the inference nodes run a graph that classifies but does not explain; whoever runs"
                        + " them can export it with --explain, or run nodes of this program");
    }

    private static Failure misunderstood() {
        return new Failure(
                FailureCode.INTERNAL,
                "an inference node did not understand the gateway; it is a fault of ours");
    }

    private static Optional<FailureCode> reason(Status status, @Nullable Metadata trailers) {
        return detail(status, trailers, ErrorInfo.class)
                .flatMap(info ->
                        Arrays.stream(FailureCode.values())
                                .filter(code -> code.name().equals(info.getReason()))
                                .findFirst());
    }

    private static Optional<Duration> retryAfter(Status status, @Nullable Metadata trailers) {
        return detail(status, trailers, RetryInfo.class)
                .map(info ->
                        Duration.ofSeconds(
                                info.getRetryDelay().getSeconds(),
                                info.getRetryDelay().getNanos()));
    }

    private static <M extends com.google.protobuf.Message> Optional<M> detail(
            Status status, @Nullable Metadata trailers, Class<M> type) {
        if (trailers == null) {
            return Optional.empty();
        }
        try {
            for (Any detail :
                    StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList()) {
                if (detail.is(type)) {
                    return Optional.of(detail.unpack(type));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            // a detail that cannot be read is as good as none
        }
        return Optional.empty();
    }
}
