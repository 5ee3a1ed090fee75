package io.dmst.rest;

import io.dmst.pipeline.PipelineProperties;
import io.dmst.scheduling.OrderedStarts;
import jakarta.servlet.MultipartConfigElement;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The web server's behaviour where its defaults do not fit uploads of images. */
@Configuration(proxyBeanMethods = false)
class RestConfiguration implements WebMvcConfigurer {

    private static final int KEPT_IN_MEMORY = 1 << 20;

    /**
     * Bytes that are read at a time: with Tomcat's 8 KB a photograph takes a dozen reads. Each
     * connection keeps as many, and each request that is being read or answered.
     */
    static final int READ_AT_A_TIME = 1 << 15;

    private final OperationInterceptor operations;

    RestConfiguration(OperationInterceptor operations) {
        this.operations = operations;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(operations);
    }

    /** Parts over a megabyte wait on the disk; a single part's limit is checked one by one. */
    @Bean
    MultipartConfigElement multipartConfigElement(PipelineProperties properties) {
        long most = properties.maxRequestSize().toBytes();
        return new MultipartConfigElement("", most, most, KEPT_IN_MEMORY);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodiesAreTakenAsTheyAre(
            PipelineProperties properties, ConnectionsDrain drain) {
        return factory -> {
            factory.addConnectorCustomizers(connector -> {
                drain.watch(connector);
                connector.setProperty("socket.appReadBufSize", String.valueOf(READ_AT_A_TIME));
                connector.getProtocolHandler().setExecutor(new OrderedStarts("http-"));
                // curl --data-binary calls a photograph a form: nobody may parse it
                connector.setParseBodyMethods("");
                connector.setMaxPartCount(2 * properties.maxImages());
                // who asks before a large body is sent is not told to send one that is refused
                connector.setProperty("continueResponseTiming", "onRead");
                // what is left of a refused body is read, or its sender would see a
                // broken connection instead of the answer
                connector.setProperty(
                        "maxSwallowSize",
                        String.valueOf(2 * properties.maxRequestSize().toBytes()));
            });
            factory.setProtocol(WatchedHttp11.class.getName());
            factory.addEngineValves(new CallerValve());
            factory.addContextCustomizers(context -> {
                if (context.getParent() instanceof StandardHost host) {
                    host.setErrorReportValveClass(ProblemReportValve.class.getName());
                }
            });
        };
    }
}
