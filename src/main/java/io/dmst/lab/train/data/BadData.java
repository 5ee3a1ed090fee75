package io.dmst.lab.train.data;

/** What to do about bad data: an unreadable image, an empty class, a record of the wrong size. */
public enum BadData {
    /** Leave it out and name it. */
    SKIP,
    /** Name it and do not train. */
    REFUSE
}
