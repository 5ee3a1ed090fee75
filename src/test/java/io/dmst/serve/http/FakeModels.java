package io.dmst.serve.http;

import io.dmst.serve.predict.FakePredictor;
import io.dmst.serve.predict.Models;
import java.util.List;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** Two versions of a model that tells colours, and what a test needs to call the server. */
@TestConfiguration(proxyBeanMethods = false)
public class FakeModels {

    @Bean
    FakePredictor older() {
        return new FakePredictor("1");
    }

    @Bean
    FakePredictor newer() {
        return new FakePredictor("2");
    }

    @Bean(destroyMethod = "close")
    Models models(FakePredictor older, FakePredictor newer) {
        return new Models(List.of(older, newer));
    }
}
