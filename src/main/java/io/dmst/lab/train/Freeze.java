package io.dmst.lab.train;

/** Which part of a network keeps the weights that it starts with. */
public enum Freeze {
    /** Nothing: everything is trained. */
    NONE,
    /** The stem, whose features of each image are then computed once and kept on the disk. */
    STEM,
    /** The stem and the blocks: the head alone is trained. */
    BLOCKS;

    /** Whether the features of an image stay the same during the training. */
    boolean keepsFeatures() {
        return this != NONE;
    }
}
