package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which threads of the real program wait for their turn, as Linux tells. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the policy is Linux's")
class TurnsIntegrationTests {

    private static final int SCHED_OTHER = 0;
    private static final int SCHED_RR = 2;
    private static final int SCHED_BATCH = 3;

    /** Of the fields after the name, in proc_pid_stat(5) the 41st. */
    private static final int POLICY = 38;

    private static final List<String> KEEP_TIME = List.of("waiting", "inference-queue");

    private static final List<String> NETWORK = List.of("http-nio-", "ForkJoinPool-1-");

    @Test
    void allWaitForTheirTurnButThoseThatKeepTime() throws IOException, InterruptedException {
        try (ChildServer server = started("--dmst.scheduling.network-first=1h")) {
            Map<String, Set<Integer>> policies = policies(server);
            assertThat(policies).containsEntry("inference", Set.of(SCHED_BATCH));
            assertThat(policies).containsKeys("waiting", "inference-queue");
            assertThat(of(policies, KEEP_TIME)).containsOnly(SCHED_OTHER);
            assertThat(of(policies, NETWORK)).containsOnly(SCHED_BATCH);
        }
    }

    @Test
    void theNetworkGoesBeforeWhatComputesLong() throws IOException, InterruptedException {
        try (ChildServer server = started("--dmst.scheduling.network-first=1ns")) {
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(of(policies(server), NETWORK)).containsOnly(SCHED_OTHER));
            assertThat(policies(server))
                    .containsEntry("inference", Set.of(SCHED_BATCH))
                    .containsEntry("precedence", Set.of(SCHED_BATCH));
        }
    }

    @Test
    void inRealTimeWhereItMayAndIsAskedTo() throws IOException, InterruptedException {
        try (ChildServer server =
                started(
                        "--dmst.scheduling.network-first=1ns",
                        "--dmst.scheduling.real-time=true")) {
            assumeThat(Set.of(SCHED_RR))
                    .as("what the network's threads may have")
                    .isEqualTo(settled(server));
            assertThat(policies(server))
                    .containsEntry("inference", Set.of(SCHED_BATCH))
                    .containsEntry("precedence", Set.of(SCHED_BATCH))
                    .containsEntry("VM Thread", Set.of(SCHED_RR));
        }
    }

    /** The policies of the network's threads once they wait no more. */
    private static Set<Integer> settled(ChildServer server) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> Set.copyOf(of(policies(server), NETWORK)),
                        policies -> !policies.contains(SCHED_BATCH));
    }

    @Test
    void noneDoesWhereThatIsSwitchedOff() throws IOException, InterruptedException {
        try (ChildServer server = started("--dmst.scheduling.turns=false")) {
            assertThat(policies(server)).doesNotContainKey("precedence");
            assertThat(policies(server).values()).isNotEmpty().containsOnly(Set.of(SCHED_OTHER));
        }
    }

    @Test
    void realTimeThatCannotBeGivenIsSaid(@TempDir Path directory)
            throws IOException, InterruptedException {
        Path log = directory.resolve("dmst.log");
        try (ChildServer server =
                started(
                        "--dmst.scheduling.turns=false",
                        "--dmst.scheduling.real-time=true",
                        "--logging.file.name=" + log)) {
            assertThat(log).content().contains("dmst.scheduling.real-time changes nothing");
            assertThat(policies(server)).doesNotContainKey("precedence");
        }
    }

    private static ChildServer started(String... arguments)
            throws IOException, InterruptedException {
        return ChildServer.start(Programs.ourOwn(), List.of(arguments));
    }

    private static List<Integer> of(Map<String, Set<Integer>> policies, List<String> names) {
        return policies.entrySet().stream()
                .filter(thread -> names.stream().anyMatch(thread.getKey()::startsWith))
                .flatMap(thread -> thread.getValue().stream())
                .toList();
    }

    /** By the names of the threads, without the numbers at their ends. */
    private static Map<String, Set<Integer>> policies(ChildServer server) throws IOException {
        try (Stream<Path> threads =
                Files.list(Path.of("/proc", Long.toString(server.pid()), "task"))) {
            Map<String, Set<Integer>> policies = new TreeMap<>();
            threads.map(TurnsIntegrationTests::stat)
                    .filter(stat -> !stat.isEmpty())
                    .forEach(stat -> {
                        int end = stat.lastIndexOf(')');
                        String name =
                                stat.substring(stat.indexOf('(') + 1, end).replaceAll("-\\d+$", "");
                        String[] fields = stat.substring(end + 2).split(" ");
                        policies.computeIfAbsent(name, unseen -> new TreeSet<>())
                                .add(Integer.valueOf(fields[POLICY]));
                    });
            return policies;
        }
    }

    /** Empty for a thread that has ended, before or while it is read. */
    private static String stat(Path thread) {
        try {
            return Files.readString(thread.resolve("stat"));
        } catch (IOException e) {
            return "";
        }
    }
}
