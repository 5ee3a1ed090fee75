package io.dmst.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the policy is Linux's")
class TurnsTests {

    @Test
    void aThreadAndThoseThatItStartsWaitForTheirTurn() {
        assertThat(inAThread(() -> Turns.take() && Turns.waits() && inAThread(Turns::waits)))
                .isTrue();
        assertThat(Turns.waits()).as("the thread that started it").isFalse();
    }

    @Test
    void whoKeepsTimeSkipsItsTurn() {
        assertThat(inAThread(() -> Turns.take() && !inAThread(TurnsTests::waitsAfterSkipping)))
                .isTrue();
    }

    @Test
    void aPolicyThatIsThereAlreadyStays() {
        assertThat(inAThread(() -> Turns.take() && !Turns.take() && Turns.waits())).isTrue();
    }

    private static boolean waitsAfterSkipping() {
        Turns.skip();
        return Turns.waits();
    }

    private static boolean inAThread(Supplier<Boolean> question) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> answer.complete(question.get()));
        return answer.join();
    }
}
