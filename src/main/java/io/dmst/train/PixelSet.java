package io.dmst.train;

import java.util.List;

/**
 * Images of the network's size in memory.
 *
 * @param height pixels
 * @param width pixels
 * @param names for messages
 * @param pixels per image, {@code height·width·3} interleaved RGB
 * @param labels per image
 */
record PixelSet(int height, int width, List<String> names, List<byte[]> pixels, int[] labels) {

    int size() {
        return labels.length;
    }
}
