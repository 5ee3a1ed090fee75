package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostMeasureTests {

    @TempDir private Path directory;

    private CostMeasure measure() throws IOException {
        String cost =
                """
                cost:
                  options: --model dmst-compact-4-p4 --set embed_dim=32 --set depth=2
                  tokens: [64, 256]
                  rounds: 2
                rates:
                """;
        String text =
                SmallPlan.TEXT
                        .replaceFirst("(?m)^rates:\\n", cost)
                        .replace("  dmsa: ", "  softmax: --set attention=mhsa\n  dmsa: ");
        return new CostMeasure(SmallPlan.of(directory, text));
    }

    private static long kept(List<Map<String, Object>> networks, String arm, int tokens) {
        return networks.stream()
                .filter(network -> arm.equals(network.get("arm")))
                .filter(network -> Integer.valueOf(tokens).equals(network.get("tokens")))
                .map(network -> (long) Objects.requireNonNull(network.get("kept")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsKeptGrowsAsTheFormulasSay() throws IOException {
        assumeTrue(
                System.getenv("LD_PRELOAD") == null
                        && System.getProperty("os.name", "").equals("Linux"),
                "another allocator than the C library's cannot be counted");
        List<Map<String, Object>> networks = measure().measure(CostMeasure.MEMORY);

        // four times the tokens keep four times as much, but for K N² of softmax attention
        assertThat((double) kept(networks, "tssa", 256) / kept(networks, "tssa", 64))
                .isBetween(3.8, 4.05);
        assertThat((double) kept(networks, "dmsa", 256) / kept(networks, "dmsa", 64))
                .isBetween(3.8, 4.05);
        long beyond = kept(networks, "softmax", 256) - 4 * kept(networks, "softmax", 64);
        // 2 blocks, 4 heads, 4 bytes
        assertThat((double) beyond / (2 * 4 * 4 * (256 * 256 - 4 * 64 * 64))).isBetween(0.9, 1.1);
    }

    @Test
    void everyArmIsTimedInEveryRound() throws IOException {
        assertThat(measure().measure(CostMeasure.TIME))
                .hasSize(6)
                .allSatisfy(network -> assertThat((List<?>) network.get("nanoseconds")).hasSize(2));
    }
}
