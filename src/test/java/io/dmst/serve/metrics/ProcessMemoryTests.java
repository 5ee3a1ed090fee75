package io.dmst.serve.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ProcessMemoryTests {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private double shown(String kind) {
        return meters.get("dmst.process.memory.bytes").tag("kind", kind).gauge().value();
    }

    @Test
    void memoryOutsideOfTheHeapCounts() {
        assumeTrue(ProcessMemory.resident().isPresent(), "this system does not tell");
        new ProcessMemory().bindTo(meters);
        double before = shown("resident");
        assertThat(before).isBetween(1e7, shown("limit"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment taken = arena.allocate(256L << 20);
            taken.fill((byte) 1);
            assertThat(shown("resident")).isGreaterThan(before + (128L << 20));
        }
    }
}
