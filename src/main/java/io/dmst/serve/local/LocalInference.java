package io.dmst.serve.local;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.serve.predict.BatchProperties;
import io.dmst.serve.predict.DriftProperties;
import io.dmst.serve.predict.InferenceProperties;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.ModelsProperties;
import io.dmst.serve.predict.PredictorSettings;
import io.dmst.serve.predict.ShutdownProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Serves the configured models in this process. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    InferenceProperties.class,
    ModelsProperties.class,
    BatchProperties.class,
    ShutdownProperties.class,
    DriftProperties.class
})
class LocalInference {

    @Bean
    PredictorSettings predictorSettings(
            InferenceProperties inference,
            BatchProperties batch,
            ShutdownProperties shutdown,
            DriftProperties drift) {
        return new PredictorSettings(inference, batch, shutdown, drift);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty(
            name = "dmst.inference.mode",
            havingValue = "local",
            matchIfMissing = true)
    Models models(
            InferenceProperties properties,
            ModelsProperties several,
            PredictorSettings settings,
            MeterRegistry meters)
            throws IOException {
        String path = properties.model();
        String folder = several.directory();
        if (folder != null) {
            if (path != null) {
                throw new IllegalArgumentException(
                        "dmst.inference.model names one model, dmst.models.directory several; set"
                                + " one of them");
            }
            ModelFolder shelf =
                    new ModelFolder(
                            Path.of(folder),
                            model -> PredictorLoader.open(model, settings, meters));
            return new Models(shelf, shelf.all());
        }
        ModelDirectory model = PredictorLoader.model(path == null ? null : Path.of(path));
        return new Models(List.of(PredictorLoader.open(model, settings, meters)));
    }
}
