package io.dmst.train;

/**
 * Images of one step.
 *
 * @param height pixels
 * @param width pixels
 * @param pixels {@code [B, H, W, 3]}, 0 to 255
 * @param targets {@code [B, classes]}, rows sum to 1
 * @param labels per image, before mixing
 */
record Batch(int height, int width, float[] pixels, float[] targets, int[] labels) {

    int size() {
        return labels.length;
    }
}
