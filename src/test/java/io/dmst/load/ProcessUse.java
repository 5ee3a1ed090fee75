package io.dmst.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process uses at one moment, as the kernel of Linux reports it.
 *
 * @param residentKib resident memory, KiB
 * @param open file descriptors
 * @param threads of the process
 */
record ProcessUse(long residentKib, long files, long threads) {

    /**
     * Of one process of this machine.
     *
     * @throws IOException if it has ended, or this is not Linux
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
