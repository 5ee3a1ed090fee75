package io.dmst.serve.oip;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Reads the keys of this package. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OipProperties.class)
class OipConfiguration {}
