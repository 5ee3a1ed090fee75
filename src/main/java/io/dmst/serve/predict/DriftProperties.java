package io.dmst.serve.predict;

import io.dmst.core.typicality.DriftWindow;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code dmst.drift.*}.
 *
 * @param share of the predictions whose layers go to the metrics and the drift window, in (0, 1]
 * @param window images that are compared with the reference together, from 32 to 1,000,000; 0
 *     watches no drift
 * @param falseAlarms share of the windows that may alarm without a cause, in (0, 0.5]
 */
@ConfigurationProperties("dmst.drift")
public record DriftProperties(
        @DefaultValue("1.0") double share,
        @DefaultValue("256") int window,
        @DefaultValue("0.001") double falseAlarms) {

    private static final int MOST_IMAGES = 1_000_000;

    public DriftProperties {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "dmst.drift.share must be over 0 and at most 1, not " + share);
        }
        if (window != 0 && (window < DriftWindow.LEAST_IMAGES || window > MOST_IMAGES)) {
            throw new IllegalArgumentException(
                    "dmst.drift.window must be 0 or from %d to %d images, not %d"
                            .formatted(DriftWindow.LEAST_IMAGES, MOST_IMAGES, window));
        }
        if (!(falseAlarms > 0 && falseAlarms <= 0.5)) {
            throw new IllegalArgumentException(
                    "dmst.drift.false-alarms must be over 0 and at most 0.5, not " + falseAlarms);
        }
    }

    /** Those of a process that sets none. */
    public static DriftProperties standard() {
        return new DriftProperties(1, 256, 0.001);
    }

    /** Those of a command, whose images come as its user orders them: no drift is watched. */
    public static DriftProperties unwatched() {
        return new DriftProperties(1, 0, 0.001);
    }

    /** Whether drift is watched. */
    boolean watched() {
        return window > 0;
    }
}
