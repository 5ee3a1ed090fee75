package io.dmst.serve.predict;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Keys {@code dmst.image.*}.
 *
 * @param maxSize of one encoded image
 * @param maxPixels of one image, height × width
 * @param decoders images decoded at a time; 0 for one per processor
 * @param decodeMemory that all images being decoded may take together
 */
@ConfigurationProperties("dmst.image")
public record ImageProperties(
        @DefaultValue("20MB") DataSize maxSize,
        @DefaultValue("25000000") int maxPixels,
        @DefaultValue("0") int decoders,
        @DefaultValue("1280MB") DataSize decodeMemory) {

    public ImageProperties {
        if (maxPixels < 1 || decoders < 0) {
            throw new IllegalArgumentException(
                    "dmst.image.max-pixels must be at least 1, decoders at least 0");
        }
    }

    /** Images decoded at a time. */
    int decoderCount() {
        return decoders == 0 ? Runtime.getRuntime().availableProcessors() : decoders;
    }
}
