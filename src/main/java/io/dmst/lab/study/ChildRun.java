package io.dmst.lab.study;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs one command in another process at a time, and finds the process again that a killed study
 * has left behind: {@code NAME.pid} beside its log says which it was. The output is appended to
 * {@code NAME.log}.
 *
 * <p>A process number that the system has given to another process meanwhile is told by its start.
 */
final class ChildRun {

    private final Path pid;
    private final Path log;
    private final StopRequest stop;

    /**
     * @param place of both files, without ending
     * @param stop asks the process to end
     */
    ChildRun(Path place, StopRequest stop) {
        this.pid = place.resolveSibling(place.getFileName() + ".pid");
        this.log = place.resolveSibling(place.getFileName() + ".log");
        this.stop = stop;
    }

    /**
     * Waits for the process that a killed study has left behind, if there is one.
     *
     * @return whether there was one
     */
    boolean awaitLeftBehind() throws IOException, InterruptedException {
        Optional<ProcessHandle> left = leftBehind();
        if (left.isEmpty()) {
            return false;
        }
        await(left.get());
        Files.deleteIfExists(pid);
        return true;
    }

    /**
     * Runs a command to its end.
     *
     * @param environment changes; an empty value removes the variable
     * @return exit status, 128 and the signal if a signal ended it
     */
    int run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        builder.redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(nothing()));
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process process = builder.start();
        Files.writeString(pid, process.pid() + " " + start(process.toHandle()) + "\n");
        await(process.toHandle());
        Files.deleteIfExists(pid);
        return process.waitFor();
    }

    /** The last line of the log that is not blank. */
    String lastWords() throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        return Files.readString(log)
                .lines()
                .filter(line -> !line.isBlank())
                .reduce((before, last) -> last)
                .orElse("")
                .strip();
    }

    private void await(ProcessHandle process) throws InterruptedException {
        CompletableFuture<ProcessHandle> exit = process.onExit();
        stop.during(
                process,
                () -> {
                    try {
                        exit.get();
                    } catch (ExecutionException e) {
                        throw new IllegalStateException("a process has no end", e);
                    }
                });
    }

    private Optional<ProcessHandle> leftBehind() throws IOException {
        if (!Files.exists(pid)) {
            return Optional.empty();
        }
        String[] words = Files.readString(pid).strip().split(" ");
        if (words.length != 2) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(words[0]))
                .filter(process -> process.isAlive() && start(process).equals(words[1]));
    }

    private static String start(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    private static File nothing() {
        return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
    }
}
