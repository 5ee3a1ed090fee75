package io.dmst.lab.train.augment;

/** How often each channel takes each value, and the tables that even it out. */
record Histogram(int[][] counts, int pixels) {

    static Histogram of(AugmentedImage picture) {
        int[][] counts = new int[3][256];
        byte[] rgb = picture.rgb();
        for (int i = 0; i < rgb.length; i++) {
            counts[i % 3][rgb[i] & 0xff]++;
        }
        return new Histogram(counts, rgb.length / 3);
    }

    /** Each channel stretched to 0…255. */
    int[][] stretched() {
        int[][] tables = new int[3][256];
        for (int channel = 0; channel < 3; channel++) {
            int low = 0;
            int high = 255;
            while (low < 255 && counts[channel][low] == 0) {
                low++;
            }
            while (high > low && counts[channel][high] == 0) {
                high--;
            }
            for (int value = 0; value < 256; value++) {
                tables[channel][value] = high == low ? value : (value - low) * 255 / (high - low);
            }
        }
        return tables;
    }

    /** Each channel's values spread by rank. */
    int[][] equalized() {
        int[][] tables = new int[3][256];
        for (int channel = 0; channel < 3; channel++) {
            int below = 0;
            for (int value = 0; value < 256; value++) {
                int here = counts[channel][value];
                tables[channel][value] = (int) (255L * (2L * below + here) / (2L * pixels));
                below += here;
            }
        }
        return tables;
    }
}
