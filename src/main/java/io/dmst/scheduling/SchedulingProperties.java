package io.dmst.scheduling;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this process's threads share the processors.
 *
 * @param turns whether a thread that wakes waits for its turn where the system can do that, see
 *     {@link Turns}
 */
@ConfigurationProperties(SchedulingProperties.KEY)
public record SchedulingProperties(@DefaultValue("true") boolean turns) {

    /** Prefix of its keys. */
    public static final String KEY = "dmst.scheduling";
}
