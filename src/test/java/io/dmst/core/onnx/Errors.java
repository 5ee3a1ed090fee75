package io.dmst.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.core.checkpoint.Tensor;

/** How far tensors lie apart. */
final class Errors {

    private Errors() {}

    /** Largest difference relative to the largest absolute value that is expected. */
    static double relative(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        float[] a = actual.toFloats();
        float[] b = expected.toFloats();
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < b.length; i++) {
            assertThat(a[i]).isFinite();
            difference = Math.max(difference, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(b[i]));
        }
        return difference / largest;
    }
}
