package io.dmst.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process holds at a moment, as Linux tells it.
 *
 * @param residentKib memory that it has in the machine's, KiB
 * @param files that it has open
 * @param threads of the operating system
 */
public record ProcessUse(long residentKib, long files, long threads) {

    /**
     * Of a process of this machine.
     *
     * @throws IOException if it has ended, or the system is another one
     */
    static ProcessUse of(long pid) throws IOException {
        Path process = Path.of("/proc", String.valueOf(pid));
        long resident = 0;
        long threads = 0;
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = number(line);
            } else if (line.startsWith("Threads:")) {
                threads = number(line);
            }
        }
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return new ProcessUse(resident, files.count(), threads);
        }
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
