package io.dmst.serve.predict;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Keys {@code dmst.request.*}.
 *
 * @param timeout of a request that states none
 * @param maxTimeout that a request may state
 * @param maxSize of a body with several images
 * @param maxImages in one request
 * @param bodyMemory that all bodies may take together
 * @param unfinishedBodies bodies that may be on their way at a time before the slowest is ended
 * @param leastRate bytes a second that a body must arrive with in the mean
 */
@ConfigurationProperties("dmst.request")
public record RequestProperties(
        @DefaultValue("30s") Duration timeout,
        @DefaultValue("5m") Duration maxTimeout,
        @DefaultValue("64MB") DataSize maxSize,
        @DefaultValue("32") int maxImages,
        @DefaultValue("128MB") DataSize bodyMemory,
        @DefaultValue("1000") int unfinishedBodies,
        @DefaultValue("1KB") DataSize leastRate) {

    public RequestProperties {
        if (!timeout.isPositive() || maxTimeout.compareTo(timeout) < 0) {
            throw new IllegalArgumentException(
                    "dmst.request.timeout must be positive and at most max-timeout, not %s and %s"
                            .formatted(timeout, maxTimeout));
        }
        if (maxImages < 1 || unfinishedBodies < 1 || leastRate.isNegative()) {
            throw new IllegalArgumentException(
                    "dmst.request.max-images and unfinished-bodies must be at least 1, least-rate"
                            + " at least 0");
        }
        if (maxSize.compareTo(bodyMemory) > 0) {
            throw new IllegalArgumentException(
                    "dmst.request.max-size must be at most body-memory, not %s and %s"
                            .formatted(maxSize, bodyMemory));
        }
    }
}
