package io.dmst.inference;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code dmst.drift.*}.
 *
 * @param share of the predictions whose layers go to the metrics and the drift window, in (0, 1]
 */
@ConfigurationProperties("dmst.drift")
public record DriftProperties(@DefaultValue("1.0") double share) {

    public DriftProperties {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "dmst.drift.share must be over 0 and at most 1, not " + share);
        }
    }

    /** Those of a process that sets none. */
    public static DriftProperties standard() {
        return new DriftProperties(1);
    }
}
