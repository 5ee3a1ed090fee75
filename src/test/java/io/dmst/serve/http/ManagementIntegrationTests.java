package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.serve.http.Caller.Answer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServerTest
class ManagementIntegrationTests {

    private final Caller users;
    private final Caller management;

    ManagementIntegrationTests(@LocalServerPort int port, @LocalManagementPort int managementPort) {
        users = new Caller(port);
        management = new Caller(managementPort);
    }

    @Test
    void healthIsTheManagementPortsAloneAndReadinessHangsOnTheModels() {
        assertThat(management.get("/actuator/health/liveness").json().path("status").asString())
                .isEqualTo("UP");
        Answer readiness = management.get("/actuator/health/readiness");
        assertThat(readiness.status()).isEqualTo(200);
        assertThat(readiness.json().path("components").path("models").path("status").asString())
                .isEqualTo("UP");
        users.get("/actuator/health").problem(404, "INVALID_ARGUMENT");
        assertThat(management.get("/v1/models").status()).isEqualTo(404);
    }

    @Test
    void theBillOfMaterialsIsThereWhereTheBuildHasMadeIt() {
        Answer bill = management.get("/actuator/sbom/application");
        assumeTrue(bill.status() == 200, "these classes were not built by Maven");
        assertThat(bill.json().path("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(bill.body()).contains("pkg:maven/com.microsoft.onnxruntime/onnxruntime@");
    }

    @Test
    void requestsAreCountedByOutcomeAndTimedByStage() {
        users.put(Caller.CLASSIFY, Pictures.red());
        users.put(Caller.CLASSIFY, Pictures.zip());
        users.put(Caller.CLASSIFY + "?model=shapes", Pictures.red());
        String metrics = management.get("/actuator/prometheus").body();
        assertThat(metrics)
                .containsPattern(
                        "dmst_requests_total\\{model=\"colours\",operation=\"classify\",outcome=\"ok\",protocol=\"http\"} [1-9]")
                .containsPattern("outcome=\"unsupported_media_type\",protocol=\"http\"} [1-9]")
                .containsPattern(
                        "model=\"unknown\",operation=\"classify\",outcome=\"unknown_model\",protocol=\"http\"} [1-9]")
                .containsPattern(
                        "dmst_request_seconds_count\\{operation=\"classify\",protocol=\"http\"} [1-9]")
                .containsPattern("dmst_stage_seconds_count\\{stage=\"decode\"} [1-9]")
                .containsPattern("dmst_stage_seconds_count\\{stage=\"encode\"} [1-9]")
                .doesNotContain("shapes");
    }
}
