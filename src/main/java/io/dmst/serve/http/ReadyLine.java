package io.dmst.serve.http;

import io.dmst.serve.predict.Models;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says, once requests are taken, where and how to send the first one. */
@Component
class ReadyLine {

    private static final Logger log = LoggerFactory.getLogger(ReadyLine.class);

    private final Environment environment;
    private final Models models;

    ReadyLine(Environment environment, Models models) {
        this.environment = environment;
        this.models = models;
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        String port = environment.getProperty("local.server.port", "8080");
        log.info(
                "ready: {} on http://localhost:{} – try: curl -T photo.jpg localhost:{}/v1/classify",
                models.all().stream().map(m -> m.name() + " " + m.version()).toList(),
                port,
                port);
    }
}
