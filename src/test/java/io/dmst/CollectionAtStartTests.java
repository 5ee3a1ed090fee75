package io.dmst;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.context.ApplicationListener;

class CollectionAtStartTests {

    @Test
    void whatAStartLeavesIsGoneWhenTheServiceIsReady() {
        SpringApplication service = new SpringApplication(Nothing.class);
        service.setWebApplicationType(WebApplicationType.NONE);
        Witness witness = new Witness();
        service.addListeners(witness, new CollectionAtStart());
        service.run().close();
        assertThat(witness.gone).isTrue();
    }

    private static final class Witness implements ApplicationListener<SpringApplicationEvent> {

        private @Nullable WeakReference<byte[]> left;
        private boolean gone;

        @Override
        public void onApplicationEvent(SpringApplicationEvent event) {
            if (event instanceof ApplicationStartedEvent) {
                left = new WeakReference<>(new byte[1 << 20]);
            } else if (event instanceof ApplicationReadyEvent && left != null) {
                gone = left.get() == null;
            }
        }
    }

    private static class Nothing {}
}
