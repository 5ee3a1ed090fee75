package io.dmst;

import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;

/**
 * Makes what a start has left old at once.
 *
 * <p>The first collections would copy it until it is, while requests wait; before the service is
 * ready nobody does.
 */
final class CollectionAtStart implements ApplicationListener<ApplicationStartedEvent> {

    @Override
    public void onApplicationEvent(ApplicationStartedEvent started) {
        System.gc();
    }
}
