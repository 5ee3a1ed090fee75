package io.dmst.serve.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CostModelTests {

    @Test
    void theCalibrationsTwoPointsAreOnItsLine() {
        CostModel cost = CostModel.through(5, 8, 19);
        assertThat(cost.of(1)).isCloseTo(5, within(1e-9));
        assertThat(cost.of(8)).isCloseTo(19, within(1e-9));
        assertThat(cost.of(4)).isCloseTo(11, within(1e-9));
        assertThat(cost.of(19, 8)).isCloseTo(19 + 19 + cost.of(3), within(1e-9));
    }

    @Test
    void aSinglePointOrAMeasurementThatMakesNoSenseStillGivesALineThatRises() {
        assertThat(CostModel.through(100, 1, 100).of(2)).isBetween(150.0, 200.0);
        CostModel noisy = CostModel.through(100, 8, 60);
        assertThat(noisy.of(8)).isGreaterThan(noisy.of(1)).isPositive();
        assertThat(CostModel.through(100, 8, 4_000).of(1)).isCloseTo(100, within(1e-9));
    }

    @Test
    void itLearnsAnotherLineFromNoisyBatches() {
        CostModel cost = CostModel.through(100, 8, 200);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 3_000; i++) {
            int n = random.nextInt(1, 9);
            cost.observe(n, (40.0 * n + 30) * random.nextDouble(0.9, 1.1));
        }
        for (int n = 1; n <= 8; n++) {
            assertThat(cost.of(n)).isCloseTo(40.0 * n + 30, Percentage.withPercentage(10));
        }
    }

    @Test
    void batchesOfOneSizeScaleTheWholeLine() {
        CostModel cost = CostModel.through(100, 8, 450);
        for (int i = 0; i < 100; i++) {
            cost.observe(1, 300);
        }
        assertThat(cost.of(1)).isCloseTo(300, Percentage.withPercentage(1));
        assertThat(cost.of(8)).isCloseTo(1_350, Percentage.withPercentage(30));
    }

    @Test
    void oneStallMovesItLittleAndEvenAWildEstimateIsMendedAndStaysPositive() {
        CostModel cost = CostModel.through(100, 8, 450);
        cost.observe(1, 1e9);
        assertThat(cost.of(1)).isLessThan(150);

        CostModel wild = CostModel.through(1e9, 8, 8e9);
        for (int i = 0; i < 60; i++) {
            wild.observe(1, 100);
        }
        assertThat(wild.of(1)).isPositive().isLessThan(1e6);
    }

    @Test
    void aTimeIsFilledWithImagesAndOneAlwaysFits() {
        CostModel cost = CostModel.through(100, 8, 450);
        assertThat(cost.within(305, 8)).isEqualTo(5);
        assertThat(cost.within(10, 8)).isEqualTo(1);
        assertThat(cost.within(1e9, 8)).isEqualTo(8);
    }
}
