package io.dmst.serve.predict;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;

/**
 * Stops the models first when the process stops: Spring Boot has already said that it refuses
 * traffic, every server still stands and tells newcomers that the model is not ready, and what was
 * accepted is answered. Only then do the servers close, the management port among them.
 */
@Component
class ModelsDrain implements ApplicationListener<ContextClosedEvent>, Ordered {

    private final Models models;
    private final ApplicationContext context;

    ModelsDrain(Models models, ApplicationContext context) {
        this.models = models;
        this.context = context;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        // a child context, such as that of the management port, tells its parent's listeners too
        if (event.getApplicationContext() == context) {
            models.close();
        }
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE + 1; // after those who must know before newcomers are refused
    }
}
