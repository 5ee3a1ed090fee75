package io.dmst;

import io.dmst.cli.Dmst;
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
        SpringApplication.run(DmstApplication.class, args);
    }
}
