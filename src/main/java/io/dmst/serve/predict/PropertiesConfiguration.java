package io.dmst.serve.predict;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Reads the settings of requests. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({RequestProperties.class, ImageProperties.class})
class PropertiesConfiguration {}
