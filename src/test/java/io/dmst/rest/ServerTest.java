package io.dmst.rest;

import io.dmst.DmstApplication;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;

/** The real server on a random port, with small limits and models that tell colours. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        classes = {FakeModels.class, DmstApplication.class},
        properties = {
            "management.server.port=0",
            "dmst.pipeline.max-image-size=200KB",
            "dmst.pipeline.max-request-size=400KB",
            "dmst.pipeline.max-images=4",
            "dmst.pipeline.body-memory=8MB",
            "dmst.pipeline.max-pixels=1000000"
        })
public @interface ServerTest {}
