package io.dmst.gateway;

import io.dmst.checkpoint.ModelDirectory;
import io.dmst.inference.DriftProperties;
import io.dmst.inference.InferenceProperties;
import io.dmst.inference.Models;
import io.dmst.inference.PredictionMetrics;
import io.dmst.inference.Predictor;
import io.dmst.inference.ServedModel;
import io.dmst.inference.session.LocalPredictors;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Serves the configured model on inference nodes: this process is a gateway. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "dmst.inference.mode", havingValue = "remote")
@EnableConfigurationProperties({
    GatewayProperties.class,
    InferenceProperties.class,
    DriftProperties.class
})
class RemoteInference {

    /** A burst of failures, such as a node that dies with what it has, is not a storm. */
    private static final int RETRY_PURSE = 100;

    @Bean(destroyMethod = "close")
    Models models(
            GatewayProperties gateway,
            InferenceProperties inference,
            DriftProperties drift,
            MeterRegistry meters,
            ObjectProvider<SslBundles> bundles)
            throws IOException {
        String path = inference.model();
        ModelDirectory directory = LocalPredictors.model(path == null ? null : Path.of(path));
        ServedModel model = ServedModel.of(directory);
        Channels channels = new Channels(gateway, bundles.getIfAvailable());
        Nodes nodes =
                new Nodes(
                        gateway,
                        address -> new Node(address.text(), model.name(), channels.to(address)),
                        meters);
        PredictionMetrics predictions = new PredictionMetrics(model, meters, drift);
        Predictor remote =
                new RemotePredictor(
                        model,
                        new Asking.Means(
                                nodes, new RetryBudget(gateway.retryBudget(), RETRY_PURSE), meters),
                        predictions,
                        gateway.hedgeAfter());
        return new Models(
                List.of(
                        switch (gateway.fallback()) {
                            case NONE -> remote;
                            case LOCAL ->
                                    new FallbackPredictor(
                                            remote,
                                            LocalPredictors.open(
                                                    directory,
                                                    model,
                                                    inference,
                                                    predictions,
                                                    meters));
                        }));
    }
}
