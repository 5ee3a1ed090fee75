package io.dmst.core.onnx;

/**
 * Of the large products of a graph, those of all tokens with a weight. Everything else is FP32
 * always: stem, normalisations, softmax, the second moments and what is made of them, whose squares
 * leave the range of FP16, the head, and every output.
 */
public enum Precision {
    /** 32 bit. */
    FP32,
    /**
     * Weights and operands of 16 bit, half the size and several times as fast on a GPU. A CPU has
     * no such products: it rounds the operands and computes with 32 bit, slower than otherwise.
     */
    FP16
}
