package io.dmst;

import io.dmst.gateway.GatewayProperties;
import io.dmst.inference.BatchProperties;
import io.dmst.inference.DriftProperties;
import io.dmst.inference.InferenceProperties;
import io.dmst.inference.ModelsProperties;
import io.dmst.inference.ShutdownProperties;
import io.dmst.oip.OipProperties;
import io.dmst.pipeline.ImageProperties;
import io.dmst.pipeline.RequestProperties;
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
