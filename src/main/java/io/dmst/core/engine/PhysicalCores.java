package io.dmst.core.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Cores without their second threads: two threads of one core share its arithmetic units, and a
 * computation split over both is slower than over one.
 */
public final class PhysicalCores {

    private PhysicalCores() {}

    /** Physical cores that this process may use, at least 1. */
    public static int count() {
        int threads = Runtime.getRuntime().availableProcessors();
        try {
            int cores = count(Files.readString(Path.of("/proc/cpuinfo")));
            return cores == 0 ? threads : Math.min(cores, threads);
        } catch (IOException e) {
            return threads;
        }
    }

    /** Distinct pairs of socket and core in the kernel's listing; 0 if it names none. */
    static int count(String cpuinfo) {
        Set<String> cores = new HashSet<>();
        String socket = "";
        for (String line : cpuinfo.lines().toList()) {
            if (line.startsWith("physical id")) {
                socket = line;
            } else if (line.startsWith("core id")) {
                cores.add(socket + line);
            }
        }
        return cores.size();
    }
}
