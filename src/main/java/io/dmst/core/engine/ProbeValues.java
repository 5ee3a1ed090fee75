package io.dmst.core.engine;

import java.util.List;

/**
 * What one probe saw for one image.
 *
 * @param shape without the batch
 * @param values row-major, as many as the shape says
 */
@SuppressWarnings("ArrayRecordComponent") // made and read once, never compared
public record ProbeValues(List<Integer> shape, float[] values) {

    public ProbeValues {
        shape = List.copyOf(shape);
        int size = 1;
        for (int length : shape) {
            size = Math.multiplyExact(size, length);
        }
        if (values.length != size) {
            throw new IllegalArgumentException(
                    "a probe of shape " + shape + " has " + values.length + " values");
        }
    }
}
