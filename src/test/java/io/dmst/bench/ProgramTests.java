package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmst.scheduling.Affinity;
import java.io.IOException;
import java.util.List;
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
