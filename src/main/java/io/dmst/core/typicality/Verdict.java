package io.dmst.core.typicality;

/**
 * What a window of images says when it has ended.
 *
 * @param images in it; fewer than a whole window if it alarmed early
 * @param shift distance of the images' mean from the reference's, as a share of what is tolerated
 * @param spread the same of how their typicalities are distributed
 * @param moved the component whose mean moved most
 * @param deviations by which it moved, in standard deviations of single images
 */
public record Verdict(int images, double shift, double spread, String moved, double deviations) {

    /** The larger of both; from 1 on it is an alarm. */
    public double drift() {
        return Math.max(shift, spread);
    }

    /** Whether the images are unlike the reference. */
    public boolean alarm() {
        return drift() >= 1;
    }
}
