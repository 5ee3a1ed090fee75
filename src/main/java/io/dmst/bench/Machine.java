package io.dmst.bench;

import io.dmst.scheduling.Affinity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where and when numbers come from.
 *
 * @param processor its name, as the kernel has it
 * @param processors that this process may use
 * @param system name and version
 * @param java version of the virtual machine
 * @param load that the machine had before the measurement: runnable threads, mean of a minute;
 *     negative where it is not known
 * @param time of the measurement's start
 * @param ofServer processors that the measured server has to itself; none if it shares those of
 *     this process
 */
public record Machine(
        String processor,
        int processors,
        String system,
        String java,
        double load,
        String time,
        List<Integer> ofServer) {

    public Machine {
        ofServer = List.copyOf(ofServer);
    }

    /** This one, now. */
    public static Machine here() {
        return with(List.of());
    }

    /**
     * This one, now, with a program that is to be measured.
     *
     * @throws IllegalArgumentException if the program has processors of its own and this process
     *     may run on them
     */
    static Machine with(Program program) {
        List<Integer> shared =
                program.processors().stream().filter(Affinity.processors()::contains).toList();
        if (!shared.isEmpty()) {
            throw new IllegalArgumentException(
                    "the server is to have the processors "
                            + program.processors()
                            + " to itself, but this program may run on "
                            + shared
                            + " too; start it on others, such as: taskset -c 2-7 bin/dmst bench …");
        }
        return with(program.processors());
    }

    private static Machine with(List<Integer> ofServer) {
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name", "?") + " " + System.getProperty("os.version", "?"),
                Runtime.version().toString(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                ofServer);
    }

    /** How many processors the measured server has. */
    int serverProcessors() {
        return ofServer.isEmpty() ? processors : ofServer.size();
    }

    /** Part of the server's processors that the client took, from its processor time per second. */
    double clientShare(double secondsPerSecond) {
        return ofServer.isEmpty() ? secondsPerSecond / processors : 0;
    }

    private static String processorName() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** In one line. */
    public String line() {
        return "%d × %s, %s, Java %s, %s, load before: %.2f"
                        .formatted(processors, processor, system, java, time, load)
                + (ofServer.isEmpty() ? "" : "; the server alone on the processors " + ofServer);
    }
}
