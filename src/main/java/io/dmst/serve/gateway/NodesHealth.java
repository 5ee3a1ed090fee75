package io.dmst.serve.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Health component {@code nodes}: up while any inference node serves, with what is known of each.
 * No part of the readiness, which must not take every gateway out of service at once.
 */
final class NodesHealth implements HealthIndicator {

    private final NodePool nodes;

    NodesHealth(NodePool nodes) {
        this.nodes = nodes;
    }

    @Override
    public Health health() {
        Map<String, Object> each = new TreeMap<>();
        for (Node node : nodes.listed()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("state", node.state().word());
            facts.put("outstanding", node.outstanding());
            each.put(node.address(), facts);
        }
        return (nodes.any() ? Health.up() : Health.down()).withDetails(each).build();
    }
}
