package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmst.scheduling.Affinity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "processors are bound on Linux")
class ProgramTests {

    private static final int LAST = Affinity.processors().last();

    /** What is started. */
    static final class CountsProcessors {
        public static void main(String[] arguments) {
            System.out.println(Runtime.getRuntime().availableProcessors());
        }
    }

    private static Program on(List<Integer> processors) {
        return new Program(
                System.getProperty("java.class.path"),
                CountsProcessors.class.getName(),
                List.of(),
                processors);
    }

    private static String printed(Program program) throws IOException, InterruptedException {
        return new String(program.start(List.of()).getInputStream().readAllBytes()).strip();
    }

    @Test
    void aProgramHasTheProcessorsThatItIsGiven() throws IOException, InterruptedException {
        assertThat(printed(on(List.of(LAST)))).isEqualTo("1");
        assertThat(printed(on(List.of()))).isEqualTo("" + Affinity.processors().size());
    }

    /** What is started: says how this process's main thread is scheduled, as Linux numbers it. */
    static final class TellsPolicy {
        public static void main(String[] arguments) throws IOException {
            System.out.println(policy());
        }
    }

    private static Program telling(String... jvmOptions) {
        return Program.running(TellsPolicy.class.getName(), List.of(jvmOptions), List.of());
    }

    @Test
    void theClientWaitsForItsTurnsAndTheServerIsStartedAsItWouldBeWithout() throws Exception {
        Program program = telling();
        String usual = printed(program);
        AtomicInteger inClient = new AtomicInteger();

        String measured =
                program.measured(() -> {
                    inClient.set(policy());
                    return printed(program);
                });

        assertThat(inClient).hasValue(3); // SCHED_BATCH
        assertThat(measured).isEqualTo(usual).isEqualTo("0");
        assertThat(policy()).isZero();
    }

    @Test
    void aClientApartInterruptsNobodyAndNeedNotWait() throws Exception {
        assertThat(on(List.of(LAST)).<Integer>measured(ProgramTests::policy)).isZero();
    }

    private static int policy() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[38]);
    }

    @Test
    void theCollectorOfAnOptionIsTheOnlyOne() throws IOException {
        assertThat(telling("-XX:+UseSerialGC").command(List.of()))
                .filteredOn(option -> option.matches("-XX:.*GC"))
                .containsExactly("-XX:+UseSerialGC");
    }

    @Test
    void aServerHasTheTuningOfTheProgramThatStartsIt() throws Exception {
        Program parent =
                new Program(
                        System.getProperty("java.class.path"),
                        StartsAnother.class.getName(),
                        List.of("-XX:+UseSerialGC", "-XX:MetaspaceSize=99m", "-Xmx99m"));
        assertThat(printed(parent))
                .contains("-XX:+UseSerialGC, -XX:MetaspaceSize=99m")
                .doesNotContain("-Xmx99m");
    }

    /** What is started: says how it would start itself. */
    static final class StartsAnother {
        public static void main(String[] arguments) throws IOException {
            System.out.println(telling().command(List.of()));
        }
    }

    @Test
    void processorsThatTheMachineHasNotAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> on(List.of(1000)).start(List.of()))
                .withMessageContaining("[1000]");
    }

    @Test
    void aServerAloneOnItsProcessorsIsNotMeasuredByAClientThatRunsThereToo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Machine.with(on(List.of(LAST, 1000))))
                .withMessageContaining("may run on [" + LAST + "] too")
                .withMessageContaining("taskset");
    }

    @Test
    void aClientOnOtherProcessorsTakesNothingOfTheServers() {
        Machine apart = Machine.with(on(List.of(999, 1000)));
        Machine shared = Machine.with(on(List.of()));

        assertThat(apart.serverProcessors()).isEqualTo(2);
        assertThat(apart.clientShare(1.5)).isZero();
        assertThat(apart.line()).endsWith("the server alone on the processors [999, 1000]");
        assertThat(shared.serverProcessors()).isEqualTo(Affinity.processors().size());
        assertThat(shared.clientShare(0.5)).isEqualTo(0.5 / Affinity.processors().size());
        assertThat(shared.line()).doesNotContain("alone");
    }
}
