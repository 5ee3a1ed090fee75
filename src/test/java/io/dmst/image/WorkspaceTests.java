package io.dmst.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WorkspaceTests {

    @Test
    void theNextUseHasTheSameArraysAndOneUseHasEachButOnce() {
        inAThreadOfItsOwn(WorkspaceTests::sameArrays);
    }

    private static void sameArrays() {
        int[] first = Workspace.own().line(100);
        int[] again = Workspace.own().line(90);
        int[] second = Workspace.own().line(110);
        Workspace own = Workspace.own();

        assertThat(again).isSameAs(first);
        assertThat(second).hasSize(110).isNotSameAs(first);
        assertThat(own.line(5)).isSameAs(second).isNotSameAs(own.line(5));
        assertThat(own.bytes(7)).isSameAs(own.bytes(7)).hasSizeGreaterThanOrEqualTo(7);
    }

    @Test
    void whatIsTooMuchToKeepIsAnotherEachTime() {
        inAThreadOfItsOwn(WorkspaceTests::tooMuch);
    }

    private static void tooMuch() {
        int tooMuch = 1 << 20;
        int[] large = Workspace.own().line(tooMuch);
        Workspace own = Workspace.own();

        assertThat(own.line(tooMuch)).hasSize(tooMuch).isNotSameAs(large);
        assertThat(own.line(3)).hasSizeLessThan(tooMuch).isNotSameAs(own.line(3));
    }

    @Test
    void aSecondPhotographTakesNothingOnTheWay() {
        inAThreadOfItsOwn(WorkspaceTests::twoPhotographs);
    }

    private static void twoPhotographs() {
        RgbImage photograph = Samples.noise(300, 400, 1);
        Resize.bicubic(photograph, 32, 32);

        long before = allocated();
        Resize.bicubic(photograph, 32, 32);

        // the weights along both axes and the result; 130,000 more on the way
        assertThat(allocated() - before).isLessThan(40_000);
    }

    private static void inAThreadOfItsOwn(Runnable test) {
        CompletableFuture.runAsync(test, work -> Thread.ofPlatform().start(work)).join();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
