package io.dmst;

import io.dmst.cli.Dmst;
import java.security.Security;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

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
        SpringApplication.run(DmstApplication.class, args);
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
