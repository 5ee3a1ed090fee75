package io.dmst.scheduling;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this process's threads share the processors.
 *
 * @param turns whether a thread that wakes waits for its turn where the system can do that, see
 *     {@link Turns}
 * @param networkFirst the time that a model takes for one image from which on the network's threads
 *     do not, see {@link Precedence}; 0 for all models
 * @param realTime whether they do so in real time where this process may
 */
@ConfigurationProperties(SchedulingProperties.KEY)
public record SchedulingProperties(
        @DefaultValue("true") boolean turns,
        @DefaultValue("500us") Duration networkFirst,
        @DefaultValue("false") boolean realTime) {

    /**
     * @throws IllegalArgumentException if a time is negative
     */
    public SchedulingProperties {
        if (networkFirst.isNegative()) {
            throw new IllegalArgumentException(
                    KEY + ".network-first must not be negative, not " + networkFirst);
        }
    }

    /** Prefix of its keys. */
    public static final String KEY = "dmst.scheduling";
}
