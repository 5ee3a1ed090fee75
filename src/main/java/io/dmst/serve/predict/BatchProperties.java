package io.dmst.serve.predict;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code dmst.batch.*}.
 *
 * @param maxSize images computed together at most; 0 for 8 on a CPU and 64 on a GPU
 * @param maxLatency time that one batch should take at most, which bounds its images by their cost
 * @param queue images in flight, from the arrival of their bytes to their answer, before more are
 *     refused
 */
@ConfigurationProperties("dmst.batch")
public record BatchProperties(
        @DefaultValue("0") int maxSize,
        @DefaultValue("50ms") Duration maxLatency,
        @DefaultValue("256") int queue) {

    public BatchProperties {
        if (maxSize < 0 || !maxLatency.isPositive() || queue < 1) {
            throw new IllegalArgumentException(
                    "dmst.batch.max-size must be at least 0, max-latency positive, queue at least"
                            + " 1");
        }
    }
}
