package io.dmst.pipeline;

import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import java.util.function.Function;
import java.util.function.Supplier;

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

    /**
     * Goes on if every part is accepted; else the first refusal.
     *
     * @param parts whose {@link #value()} the next step may take
     */
    static <R> Checked<R> all(Supplier<Checked<R>> next, Checked<?>... parts) {
        for (Checked<?> part : parts) {
            if (part instanceof Refused<?>(Failure failure)) {
                return new Refused<>(failure);
            }
        }
        return next.get();
    }

    /**
     * The accepted value.
     *
     * @throws IllegalStateException if it is refused
     */
    default T value() {
        return switch (this) {
            case Accepted<T>(T value) -> value;
            case Refused<T>(Failure failure) -> throw new IllegalStateException(failure.detail());
        };
    }

    /** Goes on with an accepted value; a refusal stays what it is. */
    default <R> Checked<R> then(Function<? super T, Checked<R>> next) {
        return switch (this) {
            case Accepted<T>(T value) -> next.apply(value);
            case Refused<T>(Failure failure) -> new Refused<>(failure);
        };
    }
}
