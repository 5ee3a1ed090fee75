package io.dmst;

import io.dmst.cli.Dmst;
import java.security.Security;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** Starts the service, or runs a command. */
@SpringBootApplication
@EnableConfigurationProperties(DmstProperties.class)
public class DmstApplication {

    /**
     * Serves until stopped.
     *
     * @param args a command with its arguments, or Spring Boot's arguments
     */
    public static void main(String[] args) {
        if (Dmst.isCommand(args)) {
            System.exit(Dmst.run(args));
        }
        shortenAddressCache();
        SpringApplication service = new SpringApplication(DmstApplication.class);
        service.addInitializers(context -> RenamedSettings.check(context.getEnvironment()));
        try {
            service.run(Dmst.isServe(args) ? Arrays.copyOfRange(args, 1, args.length) : args);
        } catch (SpringApplication.AbandonedRunException e) {
            throw e;
        } catch (RuntimeException e) {
            // already logged; threads of libraries that have started would keep the process alive
            System.exit(1);
        }
    }

    /**
     * The addresses of inference nodes change, and a gateway looks them up as often as configured;
     * Java would keep them for half a minute.
     */
    private static void shortenAddressCache() {
        String seconds = "1";
        Security.setProperty("networkaddress.cache.ttl", seconds);
        Security.setProperty("networkaddress.cache.negative.ttl", seconds);
        System.setProperty("networkaddress.cache.ttl", seconds); // gRPC's own cache
    }
}
