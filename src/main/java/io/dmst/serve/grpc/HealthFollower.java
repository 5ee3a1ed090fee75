package io.dmst.serve.grpc;

import dmst.v1.VisionServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import io.dmst.serve.predict.Models;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * gRPC's health service tells what readiness tells: that every model takes requests and the process
 * is not about to stop. Whoever watches is told of a model within {@link #PERIOD}, and of the stop
 * before anything is stopped.
 */
@Component
class HealthFollower implements DisposableBean {

    static final Duration PERIOD = Duration.ofMillis(200);

    private static final List<String> SERVICES =
            List.of(
                    HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                    VisionServiceGrpc.SERVICE_NAME,
                    GRPCInferenceServiceGrpc.SERVICE_NAME);

    private final HealthStatusManager health;
    private final Models models;
    private final Thread following;
    private volatile boolean accepting;
    private volatile boolean stopping;

    HealthFollower(HealthStatusManager health, Models models) {
        this.health = health;
        this.models = models;
        tell();
        following = Thread.ofVirtual().name("grpc-health").start(this::follow);
    }

    private void follow() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(PERIOD);
                tell();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void tell() {
        ServingStatus status =
                accepting && !stopping && models.ready()
                        ? ServingStatus.SERVING
                        : ServingStatus.NOT_SERVING;
        SERVICES.forEach(service -> health.setStatus(service, status));
    }

    @EventListener
    void changed(AvailabilityChangeEvent<ReadinessState> event) {
        accepting = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
        tell();
    }

    /** Once told, it is never taken back. */
    @EventListener
    void stopping(ContextClosedEvent event) {
        stopping = true;
        tell();
    }

    @Override
    public void destroy() {
        following.interrupt();
    }
}
