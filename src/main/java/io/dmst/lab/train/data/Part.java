package io.dmst.lab.train.data;

/** Part of a data set. */
public enum Part {
    /** Images to learn from. */
    TRAIN("training images"),
    /** Images to choose by. */
    VALIDATION("validation images"),
    /** Images to judge by, once. */
    TEST("test images");

    private final String words;

    Part(String words) {
        this.words = words;
    }

    /** For messages. */
    public String words() {
        return words;
    }
}
