package io.dmst.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmst.core.image.PngEncoder;
import io.dmst.core.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class StudyRunTests {

    @TempDir private Path directory;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private static void writeImages(Path root) throws IOException {
        for (String split : List.of("train", "test")) {
            for (int label = 0; label < 2; label++) {
                Path folder = Files.createDirectories(root.resolve(split, "class" + label));
                for (int i = 0; i < 8; i++) {
                    SplittableRandom random = new SplittableRandom(100L * label + i);
                    byte[] rgb = new byte[32 * 32 * 3];
                    for (int at = 0; at < rgb.length; at++) {
                        rgb[at] = (byte) (random.nextInt(120) + (at % 3 == label ? 100 : 0));
                    }
                    Files.write(
                            folder.resolve(i + ".png"),
                            PngEncoder.encode(new RgbImage(32, 32, rgb)));
                }
            }
        }
    }

    private boolean run(StudyPlan plan, ChildCommand program, StopRequest stop)
            throws IOException, InterruptedException {
        StudyRun.Settings settings =
                new StudyRun.Settings(
                        directory.resolve("plan.yaml"),
                        directory.resolve("work"),
                        Map.of("colours", directory.resolve("images")),
                        2,
                        program);
        return new StudyRun(plan, settings, stop, log::add).run();
    }

    private Map<String, Integer> counts() throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        for (JsonNode line : ResultsFile.read(directory.resolve("work", "results.jsonl"))) {
            counts.merge(line.path("kind").asString(""), 1, Integer::sum);
        }
        return counts;
    }

    /** At the priority of the tests, without the compiler that pays off after seconds. */
    private static ChildCommand quick(ChildCommand program) {
        List<String> words = new ArrayList<>(program.words());
        words.removeAll(List.of("nice", "-n", "19"));
        words.add(1, "-XX:TieredStopAtLevel=1");
        return new ChildCommand(words);
    }

    @Test
    void aStudyThatIsStoppedGoesOnAndIsReported() throws Exception {
        StudyPlan plan = SmallPlan.in(directory);
        writeImages(directory.resolve("images"));
        ChildCommand program = quick(ChildCommand.running("io.dmst.DmstApplication"));
        StopRequest stop = StopRequest.none();
        Path results = directory.resolve("work", "results.jsonl");
        Thread stopper =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!Files.exists(results) || results.toFile().length() == 0) {
                                Thread.onSpinWait();
                            }
                            stop.raise();
                        });
        assertThat(run(plan, program, stop)).isFalse();
        stopper.join();
        assertThat(counts().values().stream().mapToInt(count -> count).sum()).isBetween(1, 3);

        assertThat(run(plan, program, StopRequest.none())).as(log.toString()).isTrue();
        assertThat(counts()).isEqualTo(Map.of("search", 2, "run", 4, "rates", 4));
        assertThat(log).last().asString().isEqualTo("6 of 6 runs done");
        StudyResults found = new StudyResults(plan, ResultsFile.read(results));
        assertThat(found.value("short", "dmsa", 1, "accuracy").orElseThrow()).isBetween(0.0, 100.0);
        assertThat(found.value("short", "tssa", 2, "speed.rate")).isPresent();
        report(plan, results);
    }

    private void report(StudyPlan plan, Path results) throws IOException {
        Path documents = Files.createDirectories(directory.resolve("documents"));
        Files.copy(
                Path.of("docs/studies/paper-claims/results.md"), documents.resolve("results.md"));

        assertThat(StudyReport.write(plan, results, documents)).isEqualTo("6 of 6 runs done");
        assertThat(documents.resolve("results.md"))
                .content()
                .contains("| A | DMSA is better |", "| short | tssa | 0.01 | 2 of 2 |");
        assertThat(documents.resolve("short.png")).isNotEmptyFile();
        assertThat(documents.resolve("results.md")).content().contains("![short](short.png)");
        assertThat(documents.resolve("results.jsonl")).hasSameTextualContentAs(results);
    }

    @Test
    void aRunThatAlwaysFailsIsGivenUpAndTheRestIsNotStartedWithoutItsRate() throws Exception {
        StudyPlan plan = SmallPlan.in(directory);
        ChildCommand failing = new ChildCommand(List.of("sh", "-c", "echo no luck; exit 3"));

        assertThat(run(plan, failing, StopRequest.none())).isFalse();
        assertThat(counts()).isEqualTo(Map.of("failure", 6));
        assertThat(log)
                .anyMatch(line -> line.contains("exit status 3") && line.endsWith("no luck"));
        assertThat(log)
                .last()
                .asString()
                .isEqualTo(
                        "0 of 6 runs done, 2 given up, time left not known before the first training has ended");
        assertThat(run(plan, failing, StopRequest.none())).isFalse();
        assertThat(counts()).as("not tried again").isEqualTo(Map.of("failure", 6));
    }

    @Test
    void aTimeLimitEndsTheProcesses() throws Exception {
        StudyPlan plan = SmallPlan.in(directory);
        ChildCommand endless = new ChildCommand(List.of("sh", "-c", "exec sleep 600"));

        assertThat(run(plan, endless, StopRequest.after(Duration.ofSeconds(1)))).isFalse();
        assertThat(counts()).isEmpty();
    }

    @Test
    void aProcessThatAKilledStudyLeftBehindIsWaitedFor() throws Exception {
        Process left = new ProcessBuilder("sh", "-c", "exec sleep 1").start();
        Path place = directory.resolve("a-1");
        String start = left.toHandle().info().startInstant().orElseThrow().toString();
        Files.writeString(directory.resolve("a-1.pid"), left.pid() + " " + start + "\n");

        assertThat(new ChildRun(place, StopRequest.none()).awaitLeftBehind()).isTrue();
        assertThat(left.isAlive()).isFalse();
        assertThat(new ChildRun(place, StopRequest.none()).awaitLeftBehind()).isFalse();

        // the same number with another start is another process
        Files.writeString(
                directory.resolve("a-1.pid"),
                ProcessHandle.current().pid() + " 1970-01-01T00:00:00Z\n");
        assertThat(new ChildRun(place, StopRequest.none()).awaitLeftBehind()).isFalse();
    }

    @Test
    void everyDataSetOfThePlanMustBeFound() throws IOException {
        StudyPlan plan = SmallPlan.in(directory);
        StudyRun.Settings settings =
                new StudyRun.Settings(
                        directory, directory, Map.of(), 1, new ChildCommand(List.of("sh")));

        assertThatThrownBy(() -> new StudyRun(plan, settings, StopRequest.none(), log::add))
                .hasMessage("expected --data NAME=PATH for [colours], got it for []");
    }
}
