package io.dmst.serve.metrics;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Prometheus' own tools, where they are installed. */
final class Promtool {

    /**
     * How a command ended.
     *
     * @param output what it said, errors included
     */
    record Result(int status, String output) {}

    private Promtool() {}

    /** Skips the test where a program is not installed. */
    static void assumeInstalled(String program) throws InterruptedException {
        boolean there;
        try {
            there = run(program, "--version").status() == 0;
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, program + " is not installed (Debian: prometheus): this is not tried");
    }

    /** Runs a command to its end. */
    static Result run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return new Result(process.exitValue(), output);
    }
}
