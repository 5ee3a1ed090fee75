package io.dmst.serve.gateway;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code dmst.gateway.*}; they matter with {@code dmst.inference.mode=remote}.
 *
 * @param nodes {@code host:port}, or {@code dns:///host:port} for every address of a name, or
 *     {@code file:///path} of a file with such entries, one a line
 * @param resolveEvery how often names are looked up and files read
 * @param concurrency images that may be on their way to one node
 * @param retryBudget share of the requests of any ten seconds that may be tried a second time
 * @param hedgeAfter after which a request that has no answer is sent to a second node too; 0 for
 *     never
 * @param keepAlive after which a silent connection is probed; 0 for never
 * @param sslBundle name of the bundle for TLS to the nodes; plain text if absent
 * @param fallback what answers while no node does
 */
@ConfigurationProperties("dmst.gateway")
public record GatewayProperties(
        @DefaultValue("dns:///localhost:8081") List<String> nodes,
        @DefaultValue("5s") Duration resolveEvery,
        @DefaultValue("256") int concurrency,
        @DefaultValue("0.1") double retryBudget,
        @DefaultValue("0s") Duration hedgeAfter,
        @DefaultValue("10s") Duration keepAlive,
        @Nullable String sslBundle,
        @DefaultValue("none") Fallback fallback) {

    /** What answers while no node does. */
    public enum Fallback {
        /** Nothing: requests are refused. */
        NONE,
        /** The model in this process; its answers are marked. */
        LOCAL
    }

    public GatewayProperties {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException(
                    "dmst.gateway.nodes must name the inference nodes, such as dns:///nodes:8081");
        }
        if (!(retryBudget >= 0 && retryBudget <= 1)) {
            throw new IllegalArgumentException(
                    "dmst.gateway.retry-budget must be from 0 to 1, not " + retryBudget);
        }
        if (!resolveEvery.isPositive() || hedgeAfter.isNegative() || keepAlive.isNegative()) {
            throw new IllegalArgumentException(
                    "dmst.gateway: resolve-every must be positive, hedge-after and keep-alive"
                            + " must not be negative");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("dmst.gateway.concurrency must be at least 1");
        }
    }
}
