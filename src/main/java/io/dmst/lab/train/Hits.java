package io.dmst.lab.train;

/** How many images of each class are named rightly. Not thread-safe. */
final class Hits {

    private final int[] images;
    private final int[] right;

    Hits(int classes) {
        this.images = new int[classes];
        this.right = new int[classes];
    }

    void add(int label, long predicted) {
        images[label]++;
        if (predicted == label) {
            right[label]++;
        }
    }

    /** Share of the images that are named rightly. */
    double accuracy() {
        int all = 0;
        int hits = 0;
        for (int c = 0; c < images.length; c++) {
            all += images[c];
            hits += right[c];
        }
        return (double) hits / all;
    }

    /** Mean over the classes that have images of the share that is named rightly. */
    double balancedAccuracy() {
        double sum = 0;
        int classes = 0;
        for (int c = 0; c < images.length; c++) {
            if (images[c] > 0) {
                sum += (double) right[c] / images[c];
                classes++;
            }
        }
        return sum / classes;
    }
}
