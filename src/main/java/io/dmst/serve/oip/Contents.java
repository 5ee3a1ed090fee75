package io.dmst.serve.oip;

import java.nio.ByteBuffer;
import java.util.List;

/** The data of an input as its wire has it, not yet held against the input's form. */
public sealed interface Contents {

    /**
     * Little-endian bytes, row-major; an element of BYTES has its length before it, as four bytes.
     *
     * @param bytes from its position to its limit
     */
    record Raw(ByteBuffer bytes) implements Contents {}

    /**
     * The whole data is one element of BYTES, with no length before it.
     *
     * @param element of it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Whole(byte[] element) implements Contents {}

    /**
     * Elements of BYTES.
     *
     * @param elements row-major; each is looked at once, and only if there are as many as there
     *     must be
     */
    record Elements(List<byte[]> elements) implements Contents {}

    /**
     * Whole numbers from 0 to 255.
     *
     * @param values row-major, unsigned
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Numbers(byte[] values) implements Contents {}

    /**
     * Data that fits no input of any model here.
     *
     * @param came what it is, to be told to the caller
     */
    record Unfit(String came) implements Contents {}

    /** No data came. */
    record None() implements Contents {}
}
