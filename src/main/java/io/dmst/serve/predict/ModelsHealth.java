package io.dmst.serve.predict;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Health component {@code models}: up while every model takes requests. */
@Component("modelsHealthIndicator")
class ModelsHealth implements HealthIndicator {

    private final Models models;

    ModelsHealth(Models models) {
        this.models = models;
    }

    @Override
    public Health health() {
        return (models.ready() ? Health.up() : Health.outOfService())
                .withDetail("names", models.names())
                .build();
    }
}
