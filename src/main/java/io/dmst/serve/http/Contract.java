package io.dmst.serve.http;

import io.dmst.serve.predict.FailureCode;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the handler of a call promises; the metrics and the published contract are made of it. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Contract {

    /** Value of the metrics' label {@code operation}. */
    String operation();

    /** Every failure that it can answer with; unless it says otherwise, those of images. */
    FailureCode[] failures() default {
        FailureCode.INVALID_ARGUMENT,
        FailureCode.UNKNOWN_MODEL,
        FailureCode.TOO_LARGE,
        FailureCode.UNSUPPORTED_MEDIA_TYPE,
        FailureCode.INVALID_IMAGE,
        FailureCode.OVERLOADED,
        FailureCode.INTERNAL,
        FailureCode.NOT_READY,
        FailureCode.DEADLINE_EXCEEDED
    };
}
