package io.dmst;

import io.dmst.cli.Dmst;
import io.dmst.scheduling.Precedence;
import io.dmst.scheduling.SchedulingProperties;
import io.dmst.scheduling.Turns;
import java.security.Security;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Starts the service. */
@SpringBootApplication
public class DmstApplication {

    /**
     * Serves until stopped.
     *
     * @param args Spring Boot's arguments
     */
    public static void main(String[] args) {
        if (Dmst.isCommand(args)) {
            System.exit(Dmst.run(args));
        }
        keepNoAddresses();
        SpringApplication service = new SpringApplication(DmstApplication.class);
        service.addInitializers(
                context -> KnownSettings.check(context.getEnvironment()),
                context -> share(context.getEnvironment()));
        service.addListeners(new CollectionAtStart());
        service.run(args);
    }

    /** Before there are other threads: those that this one starts do as it does. */
    private static void share(Environment environment) {
        SchedulingProperties properties =
                Binder.get(environment)
                        .bindOrCreate(SchedulingProperties.KEY, SchedulingProperties.class);
        if (properties.turns()) {
            Turns.take();
        }
        Precedence.from(properties.networkFirst(), properties.realTime());
    }

    /**
     * The addresses of inference nodes change; whoever looks them up, as often as is configured,
     * must hear of it. Without this Java remembers them for half a minute.
     */
    private static void keepNoAddresses() {
        String seconds = "1";
        Security.setProperty("networkaddress.cache.ttl", seconds);
        Security.setProperty("networkaddress.cache.negative.ttl", seconds);
        System.setProperty("networkaddress.cache.ttl", seconds); // gRPC's own cache
    }
}
