package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MetricTests {

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void everyMetricHasTheNameThatIsPromised() {
        assertThat(Arrays.stream(Metric.values()).map(Metric::prometheusName))
                .containsExactly(
                        "dmst_requests_total",
                        "dmst_request_seconds",
                        "dmst_stage_seconds",
                        "dmst_batch_size",
                        "dmst_queue_depth",
                        "dmst_queue_wait_seconds",
                        "dmst_shed_total",
                        "dmst_engine_rebuilds_total",
                        "dmst_prediction_confidence",
                        "dmst_layer_coding_rate",
                        "dmst_layer_membership_entropy",
                        "dmst_typicality",
                        "dmst_drift",
                        "dmst_drift_alarm",
                        "dmst_drift_windows_total",
                        "dmst_gateway_attempts_total",
                        "dmst_gateway_nodes",
                        "dmst_model_ready",
                        "dmst_process_memory_bytes",
                        "dmst_engine_info",
                        "dmst_model_info");
    }

    @Test
    void everyRegistryIsToldWhatIsItsOwn() {
        PrometheusMeterRegistry other = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        for (int i = 0; i < 3; i++) {
            Metric.SHED.count(registry, "queue_full");
            Metric.SHED.count(other, "queue_full");
            Metric.SHED.count(other, "deadline");
        }

        assertThat(registry.scrape())
                .contains("dmst_shed_total{reason=\"queue_full\"} 3.0")
                .doesNotContain("deadline");
        assertThat(other.scrape())
                .contains(
                        "dmst_shed_total{reason=\"queue_full\"} 3.0",
                        "dmst_shed_total{reason=\"deadline\"} 3.0");
    }

    @Test
    void prometheusShowsThemByThatNameAndWithTheirLabels() {
        Metric.REQUESTS.count(registry, "http", "classify", "m", "ok");
        Metric.REQUEST.time(registry, Duration.ofMillis(3), "http", "classify");
        Metric.STAGE.time(registry, Duration.ofMillis(3), "decode");
        Metric.BATCH_SIZE.record(registry, 3);
        Metric.QUEUE_DEPTH.watch(registry, () -> 7, "m", "1");
        Metric.QUEUE_WAIT.watch(registry, () -> 0.25, "m", "1");
        Metric.SHED.count(registry, "queue_full");
        Metric.ENGINE_REBUILDS.count(registry, "m");
        Metric.PREDICTION_CONFIDENCE.record(registry, 0.93, "m", "1");
        Metric.LAYER_CODING_RATE.record(registry, 181.5, "m", "1", "3", "bound");
        Metric.LAYER_MEMBERSHIP_ENTROPY.record(registry, 1.25, "m", "1", "3");
        Metric.TYPICALITY.record(registry, 0.004, "m", "1");
        Metric.DRIFT.watch(registry, () -> 0.25, "m", "1");
        Metric.DRIFT_ALARM.watch(registry, () -> 0, "m", "1");
        Metric.DRIFT_WINDOWS.count(registry, "m", "1", "quiet");
        Metric.MODEL_READY.watch(registry, () -> 1, "m", "1");
        Metric.PROCESS_MEMORY.watch(registry, () -> 1024, "resident");
        Metric.ENGINE_INFO.show(registry, "m", "1", "onnxruntime", "cuda:0", "fp16");
        Metric.MODEL_INFO.show(registry, "m", "1", "sha256:0");

        assertThat(registry.scrape())
                .contains(
                        "dmst_requests_total{model=\"m\",operation=\"classify\",outcome=\"ok\",protocol=\"http\"} 1.0",
                        "dmst_request_seconds_bucket{operation=\"classify\",protocol=\"http\",le=\"0.005\"} 1",
                        "dmst_stage_seconds_bucket{stage=\"decode\",le=\"0.002\"} 0",
                        "dmst_batch_size_bucket{le=\"4.0\"} 1",
                        "dmst_queue_depth{model=\"m\",version=\"1\"} 7",
                        "dmst_queue_wait_seconds{model=\"m\",version=\"1\"} 0.25",
                        "dmst_shed_total{reason=\"queue_full\"} 1",
                        "dmst_engine_rebuilds_total{model=\"m\"} 1",
                        "dmst_prediction_confidence_bucket{model=\"m\",version=\"1\",le=\"95.0\"} 1",
                        "dmst_prediction_confidence_bucket{model=\"m\",version=\"1\",le=\"90.0\"} 0",
                        "dmst_layer_coding_rate_sum{layer=\"3\",model=\"m\",term=\"bound\",version=\"1\"} 181.5",
                        "dmst_layer_membership_entropy_count{layer=\"3\",model=\"m\",version=\"1\"} 1",
                        "dmst_typicality_bucket{model=\"m\",version=\"1\",le=\"1.0\"} 1",
                        "dmst_drift{model=\"m\",version=\"1\"} 0.25",
                        "dmst_drift_alarm{model=\"m\",version=\"1\"} 0",
                        "dmst_drift_windows_total{model=\"m\",verdict=\"quiet\",version=\"1\"} 1.0",
                        "dmst_model_ready{model=\"m\",version=\"1\"} 1",
                        "dmst_process_memory_bytes{kind=\"resident\"} 1024",
                        "dmst_engine_info{device=\"cuda:0\",engine=\"onnxruntime\",model=\"m\",precision=\"fp16\",version=\"1\"} 1",
                        "dmst_model_info{digest=\"sha256:0\",model=\"m\",version=\"1\"} 1");
    }

    @Test
    void aNumberIsShownUntilItsOwnerTakesItAwayAndTheNewerOneOfTwoStays() {
        Runnable first = Metric.QUEUE_DEPTH.watch(registry, () -> 1, "m", "1");
        Runnable second = Metric.QUEUE_DEPTH.watch(registry, () -> 2, "m", "1");
        assertThat(registry.scrape()).contains("version=\"1\"} 2");
        first.run();
        assertThat(registry.scrape()).contains("version=\"1\"} 2");
        second.run();
        second.run();
        assertThat(registry.scrape()).doesNotContain("dmst_queue_depth");
    }

    @Test
    void aMetricRecordedAsAnotherKindOrWithoutItsLabelsIsAFault() {
        assertThatThrownBy(() -> Metric.BATCH_SIZE.count(registry))
                .hasMessageContaining("BATCH_SIZE");
        assertThatThrownBy(() -> Metric.STAGE.time(registry, Duration.ZERO))
                .hasMessageContaining("stage");
    }
}
