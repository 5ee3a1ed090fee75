package io.dmst.serve.grpc;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.dmst.serve.predict.Failure;
import io.dmst.serve.predict.FailureCode;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;

/** The one table from failures to gRPC's statuses, and the errors made of it. */
final class Statuses {

    /** Domain of the reasons in {@link ErrorInfo}. */
    static final String DOMAIN = "dmst.io";

    private static final Metadata.Key<com.google.rpc.Status> DETAILS =
            Metadata.Key.of(
                    "grpc-status-details-bin",
                    ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

    private Statuses() {}

    /** The status of a failure. */
    static Status.Code code(FailureCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, INVALID_IMAGE, UNSUPPORTED_MEDIA_TYPE, TOO_LARGE ->
                    Status.Code.INVALID_ARGUMENT;
            case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
            case FORBIDDEN -> Status.Code.PERMISSION_DENIED;
            case UNKNOWN_MODEL -> Status.Code.NOT_FOUND;
            case OVERLOADED -> Status.Code.RESOURCE_EXHAUSTED;
            case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
            case NOT_READY, UPSTREAM_UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }

    /** The error that tells of a failure, with its {@link #trailers details}. */
    static StatusRuntimeException error(Failure failure) {
        return status(failure).asRuntimeException(trailers(failure));
    }

    /** Ends a call with a failure; costs less than an error, which knows where it arose. */
    static void close(ServerCall<?, ?> call, Failure failure) {
        call.close(status(failure), trailers(failure));
    }

    private static Status status(Failure failure) {
        return code(failure.code()).toStatus().withDescription(failure.detail());
    }

    /**
     * Details of a failure, a {@link com.google.rpc.Status}: an {@link ErrorInfo} and, where trying
     * again helps, a {@link RetryInfo}.
     */
    private static Metadata trailers(Failure failure) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder()
                        .setCode(code(failure.code()).value())
                        .setMessage(failure.detail())
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setReason(failure.code().name())
                                                .setDomain(DOMAIN)
                                                .build()));
        failure.tryAgain()
                .ifPresent(delay ->
                        status.addDetails(
                                Any.pack(
                                        RetryInfo.newBuilder()
                                                .setRetryDelay(duration(delay))
                                                .build())));
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, status.build());
        return trailers;
    }

    private static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.toSeconds())
                .setNanos(duration.toNanosPart())
                .build();
    }
}
