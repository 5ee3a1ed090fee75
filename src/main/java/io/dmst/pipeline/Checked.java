package io.dmst.pipeline;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import java.util.function.Function;

/**
 * What a check of a user's input came to.
 *
 * @param <T> of an accepted value
 */
public sealed interface Checked<T> {

    /**
     * The input is fine.
     *
     * @param value made of it
     */
    record Accepted<T>(T value) implements Checked<T> {}

    /**
     * The input is not fine.
     *
     * @param failure to tell the user
     */
    record Refused<T>(Failure failure) implements Checked<T> {}

    static <T> Checked<T> accepted(T value) {
        return new Accepted<>(value);
    }

    static <T> Checked<T> refused(FailureCode code, String detail) {
        return new Refused<>(new Failure(code, detail));
    }

    /** Goes on with an accepted value; a refusal stays what it is. */
    default <R> Checked<R> then(Function<? super T, Checked<R>> next) {
        return switch (this) {
            case Accepted<T>(T value) -> next.apply(value);
            case Refused<T>(Failure failure) -> new Refused<>(failure);
        };
    }
}
