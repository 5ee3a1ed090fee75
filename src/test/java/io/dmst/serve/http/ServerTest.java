package io.dmst.serve.http;

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
            "dmst.image.max-size=200KB",
            "dmst.request.max-size=400KB",
            "dmst.request.max-images=4",
            "dmst.request.body-memory=8MB",
            "dmst.image.max-pixels=1000000"
        })
public @interface ServerTest {}
