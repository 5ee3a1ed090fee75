package io.dmst.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 */
public record Machine(
        String processor, int processors, String system, String java, double load, String time) {

    /** This one, now. */
    public static Machine here() {
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name", "?") + " " + System.getProperty("os.version", "?"),
                Runtime.version().toString(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
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
                .formatted(processors, processor, system, java, time, load);
    }
}
