package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** Loading and unloading where the configuration allows it. */
@ServerTest
@TestPropertySource(properties = "dmst.oip.repository-control=true")
class OipRepositoryIntegrationTests {

    private static final String MODEL = "/v2/repository/models/colours/";

    private final OipCaller caller;
    private final Caller ours;

    OipRepositoryIntegrationTests(@LocalServerPort int port) {
        caller = new OipCaller(port);
        ours = new Caller(port);
    }

    @Test
    void aModelIsTakenOutOfServiceForAllProtocolsAndPutBack() {
        caller.post(MODEL + "unload", "{\"parameters\":{\"unload_dependents\":true}}").ok();
        assertThat(caller.get("/v2/models/colours/ready").status()).isEqualTo(503);
        ours.put(Caller.CLASSIFY, Pictures.red()).problem(503, "NOT_READY");
        caller.post(MODEL + "load", "").ok();
        caller.get("/v2/models/colours/ready").ok();
        assertThat(ours.put(Caller.CLASSIFY, Pictures.red()).labels()).containsExactly("red");
    }

    @Test
    void nothingCanBeUploaded() {
        caller.post(MODEL + "load", "{\"parameters\":{\"config\":\"{}\"}}")
                .refused(400, "cannot be uploaded");
        caller.post(MODEL + "load", "{\"parameters\":{\"file:1/model.onnx\":\"AA==\"}}")
                .refused(400, "cannot be uploaded");
        caller.post("/v2/repository/models/shapes/load", "{}").refused(404, "shapes");
        caller.post("/v2/repository/models/shapes/unload", "{}").refused(404, "shapes");
    }
}
