package io.dmst.serve.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Shows what the process has in memory beside what it can have. The heap says too little: engine
 * and images lie outside of it, and a container is killed for the sum.
 */
@Component
class ProcessMemory implements MeterBinder {

    private static final Path STATUS = Path.of("/proc/self/status");

    @Override
    public void bindTo(MeterRegistry registry) {
        if (resident().isPresent()) {
            Metric.PROCESS_MEMORY.watch(registry, () -> resident().orElse(Double.NaN), "resident");
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            Metric.PROCESS_MEMORY.watch(registry, system::getTotalMemorySize, "limit");
        }
    }

    /** Bytes, where the system tells (Linux). */
    static Optional<Double> resident() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
