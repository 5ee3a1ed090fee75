package io.dmst.serve.gateway;

import io.dmst.core.checkpoint.ModelDirectory;
import io.dmst.serve.local.PredictorLoader;
import io.dmst.serve.metrics.TraceRegistry;
import io.dmst.serve.predict.InferenceProperties;
import io.dmst.serve.predict.Models;
import io.dmst.serve.predict.PredictionMetrics;
import io.dmst.serve.predict.Predictor;
import io.dmst.serve.predict.PredictorSettings;
import io.dmst.serve.predict.ServedModel;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Serves the configured model on inference nodes: this process is a gateway. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "dmst.inference.mode", havingValue = "remote")
@EnableConfigurationProperties({GatewayProperties.class, InferenceProperties.class})
class RemoteInference {

    /** Second tries in ten seconds where hardly any request comes. */
    private static final int FEW_RETRIES = 10;

    @Bean
    ModelDirectory modelDirectory(InferenceProperties inference) throws IOException {
        String path = inference.model();
        return PredictorLoader.model(path == null ? null : Path.of(path));
    }

    /** Closed by the predictor that asks them, once it has its answers. */
    @Bean(destroyMethod = "")
    NodePool nodes(
            GatewayProperties gateway,
            ModelDirectory directory,
            MeterRegistry meters,
            TraceRegistry traces,
            ObjectProvider<SslBundles> bundles) {
        String model = ServedModel.of(directory).name();
        Channels channels = new Channels(gateway, bundles.getIfAvailable(), traces);
        return new NodePool(
                gateway, address -> new Node(address.text(), model, channels.to(address)), meters);
    }

    @Bean
    HealthIndicator nodesHealthIndicator(NodePool nodes) {
        return new NodesHealth(nodes);
    }

    @Bean(destroyMethod = "close")
    Models models(
            GatewayProperties gateway,
            PredictorSettings settings,
            MeterRegistry meters,
            ModelDirectory directory,
            NodePool nodes)
            throws IOException {
        ServedModel model = ServedModel.of(directory);
        PredictionMetrics predictions = new PredictionMetrics(model, meters, settings.drift());
        Predictor remote =
                new RemotePredictor(
                        model,
                        new NodeRequest.Means(
                                nodes, new RetryBudget(gateway.retryBudget(), FEW_RETRIES), meters),
                        predictions,
                        new RemotePredictor.Patience(
                                gateway.hedgeAfter(), settings.shutdown().drain()));
        return new Models(
                List.of(
                        switch (gateway.fallback()) {
                            case NONE -> remote;
                            case LOCAL ->
                                    new FallbackPredictor(
                                            remote,
                                            PredictorLoader.open(
                                                    directory,
                                                    model,
                                                    settings,
                                                    predictions,
                                                    meters));
                        }));
    }
}
