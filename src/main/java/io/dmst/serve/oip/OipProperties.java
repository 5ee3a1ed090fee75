package io.dmst.serve.oip;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys {@code dmst.oip.*}.
 *
 * @param repositoryControl whether requests may load and unload models
 */
@ConfigurationProperties("dmst.oip")
public record OipProperties(@DefaultValue("false") boolean repositoryControl) {}
