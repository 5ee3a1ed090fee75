package io.dmst.serve.oip;

import java.util.Arrays;
import java.util.Optional;

/** Datatypes of the protocol. */
public enum Datatype {
    BOOL,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    INT8,
    INT16,
    INT32,
    INT64,
    FP16,
    FP32,
    FP64,
    BF16,
    BYTES;

    /** The datatype of a name, such as {@code FP32}. */
    static Optional<Datatype> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** All names, with commas. */
    static String names() {
        return String.join(", ", Arrays.stream(values()).map(Datatype::name).toList());
    }
}
