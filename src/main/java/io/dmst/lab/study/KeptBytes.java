package io.dmst.lab.study;

import io.dmst.core.checkpoint.ModelConfig;

/**
 * What automatic differentiation keeps of one image for the backward pass of one block's attention,
 * counted in the formulas as they are written: every argument of an operation that its derivative
 * needs, once, as 4-byte numbers.
 *
 * <pre>
 * DMSA     x, Y, Y², Πa, (Πa)∘Y                              5 N d + N K + 7 K d
 * TSSA     x, W, W², gate, gate∘W                            5 N d + 4 N K + 3 d + 3 K p
 * softmax  x, q, k, v by heads, mixed values                 5 N d + K N²
 * </pre>
 *
 * <p>The count of DMSA is of the sparsifier {@code moment}; terms without N are of the second
 * moments and what is made of them. It is a model to compare with what is measured, not a
 * measurement.
 */
final class KeptBytes {

    private static final int FLOAT = 4;

    private KeptBytes() {}

    static long ofAttention(ModelConfig config) {
        long n = config.tokens();
        long d = config.embedDim();
        long groups = config.numHeads();
        long matrices = 5 * n * d;
        long rest =
                switch (config.attention()) {
                    case DMSA -> n * groups + 7 * groups * d;
                    case TSSA -> 4 * n * groups + 3 * d + 3 * d;
                    case MHSA -> groups * n * n;
                };
        return FLOAT * (matrices + rest);
    }
}
