package io.dmst.rest;

import io.dmst.inference.InferenceProperties;
import io.dmst.pipeline.PipelineProperties;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;

/**
 * Takes leave of the HTTP clients when the process stops, so that none of them sends a request into
 * a connection that is being closed.
 *
 * <p>A kept-alive connection that lies idle cannot be closed by the server without a risk: the next
 * request may be on its way. The client must close it. So from the first moment of a stop every
 * answer says {@code Connection: close}. For {@code dmst.pipeline.notice} that is all: requests are
 * answered as ever, while balancers hear that the process is not ready. Then connections are still
 * accepted, and what comes is told that the model is not ready. This ends once no connection is
 * open, or nobody has come for {@code dmst.pipeline.quiet}, or after {@code dmst.inference.drain}.
 * Then the port is closed, what was accepted before is still answered, and only then Spring Boot
 * stops the server, which closes every idle connection at once.
 *
 * <p>Safe for use by several threads.
 */
@Component
class ConnectionsDrain implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, Ordered {

    private static final Logger log = LoggerFactory.getLogger(ConnectionsDrain.class);

    /** After gRPC's server, before the management port and before the connectors are paused. */
    private static final int PHASE = DEFAULT_PHASE - 256;

    private static final Duration LOOK = Duration.ofMillis(20);

    /** For what was accepted last to be read and answered; its client does not hesitate. */
    private static final Duration LAST = Duration.ofMillis(200);

    private static final Duration LAST_AT_MOST = Duration.ofSeconds(2);

    private final List<Connector> connectors = new CopyOnWriteArrayList<>();
    private final ApplicationContext context;
    private final Duration notice;
    private final Duration quiet;
    private final Duration drain;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean draining;
    private volatile long begun;
    private volatile long lastSeen;

    ConnectionsDrain(
            ApplicationContext context, PipelineProperties pipeline, InferenceProperties limits) {
        this.context = context;
        this.notice = pipeline.notice();
        this.quiet = pipeline.quiet();
        this.drain = limits.drain();
    }

    /** Takes a connector under its care. */
    void watch(Connector connector) {
        connectors.add(connector);
    }

    /** Whether the process is about to stop. */
    boolean draining() {
        return draining;
    }

    /** Hears that a request has come. */
    void came() {
        underWay.incrementAndGet();
    }

    /** Hears that a request was answered. */
    void went() {
        lastSeen = System.nanoTime();
        underWay.decrementAndGet();
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        // a child context, such as that of the management port, tells its parent's listeners too
        if (event.getApplicationContext() == context) {
            draining = true;
            // Tomcat's way to say that a connection's next answer is its last
            connectors.forEach(c -> c.setProperty("maxKeepAliveRequests", "1"));
            giveNotice();
            begun = System.nanoTime();
            lastSeen = begun;
        }
    }

    /** Everybody else hears of the stop afterwards; so until then all goes on. */
    private void giveNotice() {
        if (notice.isZero()) {
            return;
        }
        log.info("stopping in {} s; until then requests are answered", notice.toSeconds());
        try {
            Thread.sleep(notice);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Before the models are closed: whoever is told that they are has the connection closed. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        try {
            Duration rest = drain.minusNanos(System.nanoTime() - begun);
            boolean left = await(quiet, rest.compareTo(quiet) > 0 ? rest : quiet);
            connectors.forEach(c -> c.getProtocolHandler().closeServerSocketGraceful());
            left &= await(LAST, LAST_AT_MOST);
            if (!left) {
                log.warn("clients still come; their connections are closed all the same");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until nobody was here for some time, or no connection is open; false if not in time.
     */
    private boolean await(Duration pause, Duration atMost) throws InterruptedException {
        long since = System.nanoTime();
        while (connections() > 0
                && (underWay.get() > 0 || System.nanoTime() - lastSeen < pause.toNanos())) {
            if (System.nanoTime() - since > atMost.toNanos()) {
                return false;
            }
            Thread.sleep(LOOK);
        }
        return true;
    }

    /** Connections that are open. */
    private long connections() {
        return connectors.stream().mapToLong(ConnectionsDrain::connections).sum();
    }

    private static long connections(Connector connector) {
        // the acceptor has counted the connection that it waits for
        return connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol
                ? protocol.getConnectionCount() - 1
                : 0;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A port that was closed is not opened again; a context at rest keeps its server. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
