package io.dmst.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PhysicalCoresTests {

    @Test
    void twoThreadsOfACoreCountOnceAndCoresOfTwoSocketsTwice() {
        String cpuinfo =
                """
                processor : 0
                physical id : 0
                core id : 0

                processor : 1
                physical id : 0
                core id : 0

                processor : 2
                physical id : 1
                core id : 0
                """;
        assertThat(PhysicalCores.count(cpuinfo)).isEqualTo(2);
    }

    @Test
    void aListingWithoutCoresCountsNone() {
        assertThat(PhysicalCores.count("processor : 0\nFeatures : fp asimd\n")).isZero();
        assertThat(PhysicalCores.count()).isPositive();
    }
}
