package io.dmst.lab.train;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What this process takes of the machine's memory, to see that a training does not leak.
 *
 * @param heap bytes that the Java heap has taken
 * @param resident bytes that the process has in memory, where the system tells (Linux)
 */
record ResidentMemory(long heap, OptionalLong resident) {

    private static final Path STATUS = Path.of("/proc/self/status");

    static ResidentMemory now() {
        return new ResidentMemory(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted(),
                residentBytes());
    }

    private static OptionalLong residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
