package io.dmst.serve.predict;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code dmst.shutdown.*}.
 *
 * @param preDrainDelay between the signal to stop and the first refusal, so that load balancers see
 *     that the process is not ready
 * @param idleTimeout time without a request after which a stop closes open HTTP connections
 * @param drain time for accepted requests to be answered
 */
@ConfigurationProperties("dmst.shutdown")
public record ShutdownProperties(
        @DefaultValue("0s") Duration preDrainDelay,
        @DefaultValue("2s") Duration idleTimeout,
        @DefaultValue("20s") Duration drain) {

    public ShutdownProperties {
        if (preDrainDelay.isNegative() || idleTimeout.isNegative() || drain.isNegative()) {
            throw new IllegalArgumentException(
                    "dmst.shutdown.pre-drain-delay, idle-timeout and drain must not be negative");
        }
    }
}
