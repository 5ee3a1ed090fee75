package io.dmst.core.checkpoint;

/** What is subtracted from the memberships before {@link HeadType#MEMBERSHIP} pools with them. */
public enum Centring {
    /** The mean map over the training images, then the mean over the image's tokens. */
    BOTH,
    /** The mean over the image's tokens. */
    PICTURE,
    /** Nothing: an ablation. */
    NONE
}
