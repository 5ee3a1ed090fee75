package io.dmst.inference.session;

import io.dmst.checkpoint.ModelDirectory;
import io.dmst.inference.InferenceProperties;
import io.dmst.inference.Models;
import io.dmst.inference.ServedModel;
import io.dmst.onnx.OnnxExport;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Serves the configured model in this process. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(InferenceProperties.class)
class LocalInference {

    private static final Logger log = LoggerFactory.getLogger(LocalInference.class);
    private static final String BUNDLED = "dmst-cifar10";

    @Bean
    @ConditionalOnMissingBean
    Models models(InferenceProperties properties, MeterRegistry meters) throws IOException {
        if (properties.mode() == InferenceProperties.Mode.REMOTE) {
            throw new IllegalStateException(
                    "dmst.inference.mode=remote is not part of this version; set it to local");
        }
        String path = properties.model();
        ModelDirectory model =
                path == null ? ModelDirectory.bundled(BUNDLED) : ModelDirectory.read(Path.of(path));
        return new Models(
                List.of(
                        new LocalPredictor(
                                ServedModel.of(model),
                                engine(model, properties),
                                meters,
                                properties.workers(),
                                properties.queue())));
    }

    private static Engine engine(ModelDirectory model, InferenceProperties properties) {
        return switch (properties.engine()) {
            case ONNXRUNTIME -> onnx(model, properties);
            case DJL ->
                    throw new IllegalStateException(
                            "dmst.inference.engine=djl is not part of this version; set it to"
                                    + " onnxruntime");
        };
    }

    private static Engine onnx(ModelDirectory model, InferenceProperties properties) {
        OnnxExport export = OnnxExport.of(model);
        int threads = properties.threads() > 0 ? properties.threads() : PhysicalCores.count();
        Integer cuda = cudaDevice(properties.device());
        log.info(
                "model {} {} on ONNX Runtime, {}",
                model.config().name(),
                model.config().version(),
                cuda == null ? "CPU, threads: " + threads : "CUDA device " + cuda);
        return new OnnxEngine(
                new OnnxSession(export.classify(), threads, cuda),
                () -> new OnnxSession(export.explain(), threads, cuda));
    }

    private static @Nullable Integer cudaDevice(String device) {
        return switch (device) {
            case "cpu" -> null;
            case "auto" -> OnnxSession.hasCuda() ? 0 : null;
            default -> Integer.valueOf(device.substring("cuda:".length()));
        };
    }
}
