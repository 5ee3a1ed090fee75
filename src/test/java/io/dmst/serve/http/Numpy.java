package io.dmst.serve.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The real numpy, where there is one. */
final class Numpy {

    private Numpy() {}

    /** A Python that has numpy; null if none is found. */
    static @Nullable String python() throws InterruptedException {
        for (String python : List.of("python3", "/usr/bin/python3")) {
            try {
                run(python, "import numpy");
                return python;
            } catch (IOException e) {
                // the next one may have it
            }
        }
        return null;
    }

    /**
     * Runs a program.
     *
     * @return what it printed
     * @throws IOException if it does not end well, with what it printed
     */
    static String run(String python, String program, Path... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python, "-c", program));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(printed);
        }
        return printed.strip();
    }
}
