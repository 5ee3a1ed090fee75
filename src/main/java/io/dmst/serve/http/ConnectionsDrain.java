package io.dmst.serve.http;

import io.dmst.serve.predict.BodyMemory;
import io.dmst.serve.predict.ShutdownProperties;
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
 * Drains kept-alive connections when the process stops. A server cannot close an idle connection
 * without a risk, since the next request may be in transit; the client must close it. So from the
 * start of a stop every answer carries {@code Connection: close}; requests are answered for the
 * pre-drain delay and refused as not ready afterwards, until no connection is open, no request came
 * for the idle timeout, or the drain time is over. Only then is the port closed. Safe for use by
 * several threads.
 */
@Component
class ConnectionsDrain implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, Ordered {

    private static final Logger log = LoggerFactory.getLogger(ConnectionsDrain.class);
    private static final Duration POLL = Duration.ofMillis(20);

    /** For a request that was accepted last to be read and answered. */
    private static final Duration LAST = Duration.ofMillis(200);

    private final List<Connector> connectors = new CopyOnWriteArrayList<>();
    private final ApplicationContext context;
    private final ShutdownProperties shutdown;
    private final BodyMemory bodies;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean draining;
    private volatile long lastRequest;

    ConnectionsDrain(ApplicationContext context, ShutdownProperties shutdown, BodyMemory bodies) {
        this.context = context;
        this.shutdown = shutdown;
        this.bodies = bodies;
    }

    void watch(Connector connector) {
        connectors.add(connector);
    }

    /** Whether the process is about to stop. */
    boolean draining() {
        return draining;
    }

    void requestStarted() {
        inFlight.incrementAndGet();
    }

    void requestFinished() {
        lastRequest = System.nanoTime();
        inFlight.decrementAndGet();
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        // the context of the management port publishes its events to the parent's listeners too
        if (event.getApplicationContext() != context) {
            return;
        }
        draining = true;
        // with this Tomcat closes a connection after its next answer
        connectors.forEach(c -> c.setProperty("maxKeepAliveRequests", "1"));
        try {
            Thread.sleep(shutdown.preDrainDelay());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        bodies.endUnfinished();
        lastRequest = System.nanoTime();
    }

    /** Before the models are closed: a client that is refused must have its connection closed. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void stop() {
        running = false;
        try {
            boolean idle = await(shutdown.idleTimeout(), shutdown.drain());
            connectors.forEach(c -> c.getProtocolHandler().closeServerSocketGraceful());
            idle &= await(LAST, LAST.multipliedBy(10));
            if (!idle) {
                log.warn("clients still send requests; their connections are closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until no connection is open or no request came for a time; false if not in time. */
    private boolean await(Duration idle, Duration atMost) throws InterruptedException {
        long started = System.nanoTime();
        while (connections() > 0
                && (inFlight.get() > 0 || System.nanoTime() - lastRequest < idle.toNanos())) {
            if (System.nanoTime() - started > Math.max(atMost.toNanos(), idle.toNanos())) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }

    private long connections() {
        // the acceptor counts the connection that it waits for
        return connectors.stream()
                .filter(c -> c.getProtocolHandler() instanceof AbstractProtocol<?>)
                .mapToLong(c ->
                        ((AbstractProtocol<?>) c.getProtocolHandler()).getConnectionCount() - 1)
                .sum();
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A closed port is not opened again, so a paused context keeps its server. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    /** After gRPC's server, before the management port and before the connectors are paused. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 256;
    }
}
