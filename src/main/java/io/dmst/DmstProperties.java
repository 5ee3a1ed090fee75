package io.dmst;

import io.dmst.serve.gateway.GatewayProperties;
import io.dmst.serve.oip.OipProperties;
import io.dmst.serve.predict.BatchProperties;
import io.dmst.serve.predict.DriftProperties;
import io.dmst.serve.predict.ImageProperties;
import io.dmst.serve.predict.InferenceProperties;
import io.dmst.serve.predict.ModelsProperties;
import io.dmst.serve.predict.RequestProperties;
import io.dmst.serve.predict.ShutdownProperties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * All groups of settings. Their packages read them one by one; together they refuse a setting below
 * {@code dmst} that does not exist, in a group or as a group.
 */
@ConfigurationProperties(prefix = "dmst", ignoreUnknownFields = false)
record DmstProperties(
        @Nullable InferenceProperties inference,
        @Nullable ModelsProperties models,
        @Nullable BatchProperties batch,
        @Nullable ImageProperties image,
        @Nullable RequestProperties request,
        @Nullable ShutdownProperties shutdown,
        @Nullable DriftProperties drift,
        @Nullable GatewayProperties gateway,
        @Nullable OipProperties oip) {}
