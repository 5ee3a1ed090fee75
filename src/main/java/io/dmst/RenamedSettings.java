package io.dmst;

import java.util.Map;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/** Refuses settings by the names that they had before version 1, naming the present ones. */
final class RenamedSettings {

    private static final Map<String, String> RENAMED =
            Map.ofEntries(
                    Map.entry("dmst.inference.queue", "dmst.batch.queue"),
                    Map.entry("dmst.inference.max-batch", "dmst.batch.max-size"),
                    Map.entry("dmst.inference.batch-time", "dmst.batch.max-latency"),
                    Map.entry("dmst.inference.drain", "dmst.shutdown.drain"),
                    Map.entry("dmst.pipeline.max-image-size", "dmst.image.max-size"),
                    Map.entry("dmst.pipeline.max-pixels", "dmst.image.max-pixels"),
                    Map.entry("dmst.pipeline.decoders", "dmst.image.decoders"),
                    Map.entry("dmst.pipeline.decode-memory", "dmst.image.decode-memory"),
                    Map.entry("dmst.pipeline.max-request-size", "dmst.request.max-size"),
                    Map.entry("dmst.pipeline.max-images", "dmst.request.max-images"),
                    Map.entry("dmst.pipeline.body-memory", "dmst.request.body-memory"),
                    Map.entry("dmst.pipeline.timeout", "dmst.request.timeout"),
                    Map.entry("dmst.pipeline.max-timeout", "dmst.request.max-timeout"),
                    Map.entry("dmst.pipeline.notice", "dmst.shutdown.pre-drain-delay"),
                    Map.entry("dmst.pipeline.quiet", "dmst.shutdown.idle-timeout"));

    private RenamedSettings() {}

    /**
     * @throws InvalidConfigurationPropertyValueException naming the first old setting
     */
    static void check(Environment environment) {
        RENAMED.forEach((old, present) -> {
            String value = environment.getProperty(old);
            if (value != null) {
                throw new InvalidConfigurationPropertyValueException(
                        old, value, "the setting is now called " + present);
            }
        });
    }
}
