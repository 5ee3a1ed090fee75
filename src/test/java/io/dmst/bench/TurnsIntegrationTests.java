package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which threads of the real program wait for their turn, as Linux tells. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the policy is Linux's")
class TurnsIntegrationTests {

    private static final int SCHED_OTHER = 0;
    private static final int SCHED_BATCH = 3;

    /** Of the fields after the name, in proc_pid_stat(5) the 41st. */
    private static final int POLICY = 38;

    @Test
    void allWaitForTheirTurnButThoseThatKeepTime() throws IOException, InterruptedException {
        Map<String, Integer> policies = policies(List.of());
        assertThat(policies)
                .containsEntry("inference", SCHED_BATCH)
                .containsEntry("ForkJoinPool-1-", SCHED_BATCH)
                .containsEntry("waiting", SCHED_OTHER)
                .containsEntry("inference-queue", SCHED_OTHER);
        assertThat(
                        policies.entrySet().stream()
                                .filter(thread -> thread.getKey().startsWith("http-nio-")))
                .isNotEmpty()
                .allSatisfy(thread -> assertThat(thread.getValue()).isEqualTo(SCHED_BATCH));
    }

    @Test
    void noneDoesWhereThatIsSwitchedOff() throws IOException, InterruptedException {
        assertThat(policies(List.of("--dmst.scheduling.turns=false")).values())
                .isNotEmpty()
                .containsOnly(SCHED_OTHER);
    }

    /** By the names of the threads, without the numbers at their ends. */
    private static Map<String, Integer> policies(List<String> arguments)
            throws IOException, InterruptedException {
        try (ChildServer server = ChildServer.start(Programs.ourOwn(), arguments);
                Stream<Path> threads =
                        Files.list(Path.of("/proc", Long.toString(server.pid()), "task"))) {
            Map<String, Integer> policies = new TreeMap<>();
            threads.map(TurnsIntegrationTests::stat)
                    .forEach(stat -> {
                        int end = stat.lastIndexOf(')');
                        String name =
                                stat.substring(stat.indexOf('(') + 1, end).replaceAll("-\\d+$", "");
                        String[] fields = stat.substring(end + 2).split(" ");
                        policies.put(name, Integer.valueOf(fields[POLICY]));
                    });
            return policies;
        }
    }

    private static String stat(Path thread) {
        try {
            return Files.readString(thread.resolve("stat"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
