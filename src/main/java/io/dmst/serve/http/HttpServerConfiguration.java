package io.dmst.serve.http;

import io.dmst.serve.predict.RequestProperties;
import java.time.Duration;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The web server's behaviour where its defaults do not fit uploads of images. */
@Configuration(proxyBeanMethods = false)
class HttpServerConfiguration implements WebMvcConfigurer {

    /** Longest time without a byte of a body before its connection is ended. */
    static final Duration IDLE_BODY = Duration.ofSeconds(5);

    private static final int READ_BUFFER = 1 << 16;

    private final OperationInterceptor operations;

    HttpServerConfiguration(OperationInterceptor operations) {
        this.operations = operations;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(operations);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodiesAreReadByTheApplication(
            RequestProperties request, ConnectionsDrain drain) {
        return factory -> {
            factory.addConnectorCustomizers(connector -> {
                drain.watch(connector);
                // with Tomcat's 8 KB a photograph takes a dozen reads, and the rest of a refused
                // one
                connector.setProperty("socket.appReadBufSize", String.valueOf(READ_BUFFER));
                connector.setProperty("disableUploadTimeout", "false");
                connector.setProperty(
                        "connectionUploadTimeout", String.valueOf(IDLE_BODY.toMillis()));
                // curl --data-binary declares a photograph as a form, which must not be parsed
                connector.setParseBodyMethods("");
                // a client that asks before it sends a large body is not told to send one that is
                // refused
                connector.setProperty("continueResponseTiming", "onRead");
                // the rest of a refused body is read, or its sender would see a broken connection
                // instead of the answer
                connector.setProperty(
                        "maxSwallowSize", String.valueOf(2 * request.maxSize().toBytes()));
            });
            factory.addContextCustomizers(context -> {
                if (context.getParent() instanceof StandardHost host) {
                    host.setErrorReportValveClass(ProblemReportValve.class.getName());
                }
            });
        };
    }
}
