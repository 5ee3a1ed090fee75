package io.dmst.rest;

import io.dmst.inference.FailureCode;
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

    /** Every failure that it can answer with. */
    FailureCode[] failures();
}
