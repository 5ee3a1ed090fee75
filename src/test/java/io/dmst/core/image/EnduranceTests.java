package io.dmst.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EnduranceTests {
    private static final int PICTURES = 0;
    private static final int REFUSED = 1;
    private static final int SLOWEST_MS = 2;
    private static final int GROWTH_KIB = 3;
    private static final int PEAK_KIB = 4;

    @Test
    void changedBytesNeverCrashHangOrThrow() throws IOException, InterruptedException {
        long[] result = run("mutations", 200);

        assertThat(result[PICTURES] + result[REFUSED]).isGreaterThan(15_000);
        assertThat(result[PICTURES]).as("changes that leave a picture").isGreaterThan(1_000);
        assertThat(result[REFUSED]).isGreaterThan(1_000);
        assertThat(result[SLOWEST_MS]).isLessThan(5_000);
        assertThat(result[PEAK_KIB]).as("peak resident memory").isLessThan(500 << 10);
    }

    @Test
    void threeThousandDecodesLeaveNoMemoryBehind() throws IOException, InterruptedException {
        long[] result = run("repeat", 3_000);

        assumeTrue(
                result[GROWTH_KIB] != -1 || result[PEAK_KIB] != -1,
                "no /proc/self/status: memory not measured");
        assertThat(result[PICTURES]).isEqualTo(3_000);
        assertThat(result[GROWTH_KIB]).as("growth of resident memory").isLessThan(32 << 10);
    }

    private static long[] run(String mode, int rounds) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                // all of the heap from the start: what grows is native
                                "-Xms128m",
                                "-Xmx128m",
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Endurance.class.getName(),
                                mode,
                                Integer.toString(rounds))
                        // libjpeg reports every damaged file there
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String line =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        assertThat(process.waitFor()).as("exit status after: " + line).isZero();
        System.out.println("endurance " + mode + ": " + line);
        return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
    }
}
