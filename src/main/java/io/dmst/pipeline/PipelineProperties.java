package io.dmst.pipeline;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Keys {@code dmst.pipeline.*}.
 *
 * @param maxImageSize of one encoded image
 * @param maxRequestSize of a body with several images
 * @param maxImages in one request
 * @param bodyMemory that all bodies being read may take together before requests are refused
 * @param timeout of a request that names none
 * @param maxTimeout that a request may name
 * @param decoders images decoded at a time; 0 for one per processor
 * @param decodeMemory that all images being decoded may take together
 * @param maxPixels of one image, height × width
 * @param notice between the order to stop and the first refusal, for the news to spread
 * @param quiet that must pass without a request before a stop closes open HTTP connections
 */
@ConfigurationProperties("dmst.pipeline")
public record PipelineProperties(
        @DefaultValue("20MB") DataSize maxImageSize,
        @DefaultValue("64MB") DataSize maxRequestSize,
        @DefaultValue("32") int maxImages,
        @DefaultValue("128MB") DataSize bodyMemory,
        @DefaultValue("30s") Duration timeout,
        @DefaultValue("5m") Duration maxTimeout,
        @DefaultValue("0") int decoders,
        @DefaultValue("1280MB") DataSize decodeMemory,
        @DefaultValue("50000000") int maxPixels,
        @DefaultValue("0s") Duration notice,
        @DefaultValue("2s") Duration quiet) {

    public PipelineProperties {
        if (maxImages < 1 || decoders < 0 || !timeout.isPositive() || notice.isNegative()) {
            throw new IllegalArgumentException(
                    "dmst.pipeline.max-images must be at least 1, decoders and notice at least 0,"
                            + " timeout positive");
        }
        if (maxImageSize.compareTo(maxRequestSize) > 0
                || maxRequestSize.compareTo(bodyMemory) > 0) {
            throw new IllegalArgumentException(
                    "dmst.pipeline: max-image-size %s, max-request-size %s, body-memory %s must not decrease"
                            .formatted(maxImageSize, maxRequestSize, bodyMemory));
        }
    }
}
