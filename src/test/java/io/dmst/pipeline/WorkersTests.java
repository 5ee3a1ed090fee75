package io.dmst.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import io.dmst.inference.FailureCode;
import io.dmst.inference.FakePredictor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

@Timeout(60)
class WorkersTests {

    private final Waiting waiting = new Waiting();
    private final Workers workers = new Workers("work", oneThread(), waiting);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    private final FakePredictor predictor = new FakePredictor("1");

    /** What happens on the thread, in its order. */
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    private final List<CompletableFuture<Void>> told = new ArrayList<>();

    private static PipelineProperties oneThread() {
        MockEnvironment environment =
                new MockEnvironment().withProperty("dmst.pipeline.decoders", "1");
        return Binder.get(environment).bind("dmst.pipeline", PipelineProperties.class).get();
    }

    @BeforeEach
    void begin() throws InterruptedException {
        waiting.afterPropertiesSet();
        workers.begin(
                call(),
                false,
                () -> {
                    begun.countDown();
                    awaited(go);
                    return Checked.accepted(0);
                });
        begun.await();
    }

    @AfterEach
    void end() {
        go.countDown();
        workers.stop();
        waiting.destroy();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Call call() {
        Exchange exchange = new Exchange("http", null, "/v1/classify");
        Deadline deadline = Deadline.after(Duration.ofSeconds(50));
        return new Call(predictor, Set.of(), deadline, exchange);
    }

    private CompletableFuture<Checked<Integer>> work(int number, boolean quick) {
        CompletableFuture<Checked<Integer>> result =
                workers.begin(
                        call(),
                        quick,
                        () -> {
                            seen.add("did " + number);
                            if (number == 13) {
                                throw new IllegalStateException("as the test wants it");
                            }
                            return Checked.accepted(number);
                        });
        told.add(result.thenRun(() -> seen.add("told " + number)));
        return result;
    }

    private List<CompletableFuture<Checked<Integer>>> work(int from, int to, boolean quick) {
        return IntStream.range(from, to).mapToObj(number -> work(number, quick)).toList();
    }

    private void allAreTold() {
        CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).join();
    }

    private static List<String> one(int number) {
        return List.of("did " + number, "told " + number);
    }

    private static List<String> together(int from, int to) {
        List<String> expected = new ArrayList<>();
        IntStream.range(from, to).forEach(number -> expected.add("did " + number));
        IntStream.range(from, to).forEach(number -> expected.add("told " + number));
        return expected;
    }

    @Test
    void whereManyWaitSeveralAreDoneBeforeTheyAreHandedOn() {
        List<CompletableFuture<Checked<Integer>>> results =
                work(0, Workers.TOGETHER + Workers.MANY, true);
        go.countDown();
        allAreTold();

        List<String> expected = new ArrayList<>(together(0, Workers.TOGETHER));
        // the next one finds fewer than many behind it, and so does everyone after it
        IntStream.range(Workers.TOGETHER, Workers.TOGETHER + Workers.MANY)
                .forEach(number -> expected.addAll(one(number)));
        assertThat(seen).containsExactlyElementsOf(expected);
        assertThat(results)
                .allSatisfy(
                        result -> assertThat(result.join()).isInstanceOf(Checked.Accepted.class));
    }

    @Test
    void whatIsHandedOnAtOnceIsAskedForTogether() {
        predictor.takesSeveral(asking -> {
            seen.add("several");
            asking.run();
            seen.add("no more");
        });
        work(0, Workers.TOGETHER + Workers.MANY, true);
        go.countDown();
        allAreTold();

        List<String> first = new ArrayList<>(together(0, Workers.TOGETHER));
        first.add(Workers.TOGETHER, "several");
        first.add("no more");
        int begun = seen.indexOf("did 0");
        assertThat(seen.subList(begun, begun + first.size())).isEqualTo(first);
    }

    @Test
    void whereFewWaitEachIsHandedOnAtOnce() {
        work(0, Workers.MANY, true);
        go.countDown();
        allAreTold();

        List<String> expected = new ArrayList<>();
        IntStream.range(0, Workers.MANY).forEach(number -> expected.addAll(one(number)));
        assertThat(seen).containsExactlyElementsOf(expected);
    }

    @Test
    void nobodyWaitsForWorkThatTakesLong() {
        IntStream.range(0, 12).forEach(number -> work(number, number % 2 == 0));
        go.countDown();
        allAreTold();

        List<String> expected = new ArrayList<>();
        IntStream.range(0, 12).forEach(number -> expected.addAll(one(number)));
        assertThat(seen).containsExactlyElementsOf(expected);
    }

    @Test
    void oneThatFailsAndOneThatIsLetGoDoNotTouchTheOthers() {
        List<CompletableFuture<Checked<Integer>>> results = work(12, 24, true);
        results.get(2).complete(new Checked.Refused<>(Refusals.nobody()));
        seen.clear();
        go.countDown();
        allAreTold();

        List<String> expected = new ArrayList<>(together(12, 13 + Workers.TOGETHER));
        expected.removeAll(List.of("did 14", "told 14"));
        assertThat(seen)
                .startsWith(expected.toArray(String[]::new))
                .doesNotContain("did 14", "told 14");
        assertThat(results.get(1).join())
                .isInstanceOfSatisfying(
                        Checked.Refused.class,
                        refused ->
                                assertThat(refused.failure().code())
                                        .isEqualTo(FailureCode.INTERNAL));
        assertThat(results.subList(3, 12))
                .allSatisfy(
                        result -> assertThat(result.join()).isInstanceOf(Checked.Accepted.class));
    }
}
