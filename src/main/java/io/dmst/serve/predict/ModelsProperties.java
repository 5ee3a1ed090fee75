package io.dmst.serve.predict;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Keys {@code dmst.models.*}.
 *
 * @param directory whose sub-directories are the models, instead of the one of {@code
 *     dmst.inference.model}; absent for that one
 */
@ConfigurationProperties("dmst.models")
public record ModelsProperties(@Nullable String directory) {}
