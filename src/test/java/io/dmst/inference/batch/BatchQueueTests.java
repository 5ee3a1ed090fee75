package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** On a clock of milliseconds; an image takes 10 ms, an explained one 20. */
class BatchQueueTests {

    private static final long MS = 1_000_000;
    private static final long NEVER = Duration.ofDays(1).toNanos();

    private final List<Shed> sheds = new ArrayList<>();
    private final BatchQueue queue = queue(4, 1);

    private BatchQueue queue(int largestBatch, int workers) {
        Map<Kind, CostModel> costs = new EnumMap<>(Kind.class);
        costs.put(Kind.PLAIN, CostModel.through(10 * MS, 4, 40 * MS));
        costs.put(Kind.TRACED, CostModel.through(20 * MS, 4, 80 * MS));
        Limits limits = new Limits(100, workers, Duration.ofMillis(45), Duration.ZERO);
        return new BatchQueue(costs, largestBatch, limits);
    }

    private Entry entry(long arrival, Kind kind, Priority priority, long deadline) {
        return new Entry(
                Simulation.request(kind, priority, deadline * MS), arrival * MS, sheds::add);
    }

    private Entry add(long arrival, Kind kind, Priority priority, long deadline) {
        Entry entry = entry(arrival, kind, priority, deadline);
        queue.add(entry, arrival * MS);
        return entry;
    }

    private Entry add(long arrival) {
        return add(arrival, Kind.PLAIN, Priority.NORMAL, NEVER / MS);
    }

    private List<Entry> form(long now) {
        return taken(queue, now).map(Batch::entries).orElse(List.of());
    }

    private static Optional<Batch> taken(BatchQueue queue, long now) {
        Optional<Batch> batch = queue.next(now * MS);
        queue.taken();
        return batch;
    }

    private List<Entry> lyingReady(long now) {
        return queue.next(now * MS).map(Batch::entries).orElse(List.of());
    }

    private static FailureCode code(Entry entry) {
        assertThat(entry.answer()).isDone();
        return ((Failure) entry.answer().join()).code();
    }

    @Test
    void aBatchHoldsWhoWaitsInOrderUpToItsSize() {
        List<Entry> came = List.of(add(0), add(0), add(1), add(2), add(3));
        assertThat(form(4)).containsExactlyElementsOf(came.subList(0, 4));
        assertThat(form(4)).containsExactly(came.get(4));
        assertThat(form(4)).isEmpty();
    }

    @Test
    void dearRequestsMakeSmallBatchesAndKindsAreNotMixed() {
        Entry traced = add(0, Kind.TRACED, Priority.NORMAL, NEVER / MS);
        Entry plain = add(1);
        Entry second = add(2, Kind.TRACED, Priority.NORMAL, NEVER / MS);
        Entry third = add(3, Kind.TRACED, Priority.NORMAL, NEVER / MS);
        // 45 ms hold two of 20 ms
        assertThat(form(4)).containsExactly(traced, second);
        assertThat(form(4)).containsExactly(plain);
        assertThat(form(4)).containsExactly(third);
    }

    @Test
    void aHigherPriorityGoesFirstButNotBeforeWhoHasWaitedLongEnough() {
        Entry low = add(0, Kind.PLAIN, Priority.LOW, NEVER / MS);
        Entry normal = add(1, Kind.PLAIN, Priority.NORMAL, NEVER / MS);
        Entry high = add(900, Kind.PLAIN, Priority.HIGH, NEVER / MS);
        Entry late = add(1_002, Kind.PLAIN, Priority.HIGH, NEVER / MS);
        Entry latest = add(5_001, Kind.PLAIN, Priority.HIGH, NEVER / MS);
        List<Entry> order = new ArrayList<>(form(5_001));
        order.addAll(form(5_001));
        assertThat(order).containsExactly(high, normal, late, low, latest);
    }

    @Test
    void newcomersJoinTheBatchThatLiesReadyAndThoseWhoLeftLeaveIt() {
        Entry first = add(0);
        Entry second = add(0);
        assertThat(lyingReady(1)).containsExactly(first, second);
        Entry third = add(2);
        assertThat(lyingReady(2)).containsExactly(first, second, third);
        second.answer().cancel(false);
        queue.left(second);
        assertThat(lyingReady(3)).containsExactly(first, third);
        Entry hurried = add(4, Kind.PLAIN, Priority.HIGH, NEVER / MS);
        Entry other = add(4, Kind.TRACED, Priority.NORMAL, NEVER / MS);
        Entry fourth = add(5);
        Entry fifth = add(5);
        assertThat(lyingReady(6)).containsExactly(hurried, first, third, fourth);
        assertThat(queue.waits()).isTrue();
        assertThat(form(6)).containsExactly(hurried, first, third, fourth);
        assertThat(form(7)).containsExactly(other);
        assertThat(lyingReady(7)).containsExactly(fifth);
        assertThat(queue.waits()).isFalse();
    }

    @Test
    void everyDeadlineIsAnsweredInItsTimeWaitingOrBeingComputed() {
        Entry computed = add(0, Kind.PLAIN, Priority.NORMAL, 50);
        Batch batch = taken(queue, 0).orElseThrow();
        queue.begun(batch, 0);
        Entry waits = add(1, Kind.PLAIN, Priority.NORMAL, 40);
        Entry stays = add(1);
        assertThat(queue.expire(2 * MS)).isEqualTo(38 * MS);
        assertThat(queue.expire(40 * MS)).isEqualTo(10 * MS);
        assertThat(code(waits)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(computed.answered()).isFalse();
        queue.expire(50 * MS);
        assertThat(code(computed)).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
        assertThat(form(50)).containsExactly(stays);
        assertThat(sheds).containsExactly(Shed.DEADLINE, Shed.DEADLINE);
    }

    @Test
    void whatWasAcceptedIsInTimeOnAMachineThatHasBecomeAlmostHalfAsFast() {
        List<Entry> came = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            came.add(add(0, Kind.PLAIN, Priority.NORMAL, 400));
        }
        List<Entry> accepted = came.stream().filter(entry -> !entry.answered()).toList();
        List<Entry> computed = new ArrayList<>();
        long now = 0;
        for (List<Entry> batch = form(now); !batch.isEmpty(); batch = form(now)) {
            now += 19L * batch.size();
            computed.addAll(batch);
            assertThat(now).isLessThan(400);
        }
        assertThat(accepted).hasSizeBetween(18, 21);
        assertThat(computed).containsExactlyElementsOf(accepted);
        assertThat(sheds).hasSize(came.size() - accepted.size()).containsOnly(Shed.PREDICTED_LATE);
    }

    @Test
    void whoWouldBeLateIsRefusedOnArrivalWithTheTimeThatItTakes() {
        add(0);
        queue.begun(taken(queue, 0).orElseThrow(), 0);
        add(0);
        // 10 ms run, 20 ms for the two that wait, and a margin
        long promised = (long) (Deadline.MARGIN * 30);
        Entry late = add(0, Kind.PLAIN, Priority.NORMAL, promised - 2);
        Entry inTime = add(0, Kind.PLAIN, Priority.NORMAL, promised + 2);
        assertThat(code(late)).isEqualTo(FailureCode.OVERLOADED);
        assertThat(((Failure) late.answer().join()).retryAfter()).isPositive();
        assertThat(inTime.answered()).isFalse();
        assertThat(sheds).containsExactly(Shed.PREDICTED_LATE);
    }

    @Test
    void whoWasLetInIsRefusedOnlyIfThePlainPredictionIsLate() {
        add(0);
        queue.begun(taken(queue, 0).orElseThrow(), 0);
        add(0);
        Entry late = letIn(28);
        Entry inTime = letIn(32);
        assertThat(code(late)).isEqualTo(FailureCode.OVERLOADED);
        assertThat(inTime.answered()).isFalse();
    }

    private Entry letIn(long deadline) {
        PredictionRequest request =
                new PredictionRequest(
                        "r", new byte[0], Set.of(), new Deadline(deadline * MS).letIn());
        Entry entry = new Entry(request, 0, sheds::add);
        queue.add(entry, 0);
        return entry;
    }

    @Test
    void aHighPriorityWaitsOnlyForThoseBeforeIt() {
        add(0);
        queue.begun(taken(queue, 0).orElseThrow(), 0);
        for (int i = 0; i < 10; i++) {
            add(0);
        }
        assertThat(add(0, Kind.PLAIN, Priority.NORMAL, 60).answered()).isTrue();
        assertThat(add(0, Kind.PLAIN, Priority.HIGH, 60).answered()).isFalse();
    }

    @Test
    void anIdleEngineTakesEvenWhatSeemsHopeless() {
        Entry hopeless = add(0, Kind.PLAIN, Priority.NORMAL, 1);
        assertThat(form(0)).containsExactly(hopeless);
    }

    @Test
    void whoCannotFinishAnyMoreIsRefusedForTheSakeOfThoseWhoCan() {
        Entry late = add(0, Kind.PLAIN, Priority.NORMAL, 30);
        Entry other = add(0, Kind.PLAIN, Priority.NORMAL, 500);
        assertThat(form(25)).containsExactly(other);
        assertThat(code(late)).isEqualTo(FailureCode.OVERLOADED);
    }

    @Test
    void whoCannotFinishAnyMoreLeavesTheBatchThatLiesReady() {
        Entry hurried = add(0, Kind.PLAIN, Priority.NORMAL, 60);
        Entry other = add(0, Kind.PLAIN, Priority.NORMAL, 500);
        assertThat(lyingReady(40)).containsExactly(hurried, other);
        assertThat(lyingReady(55)).containsExactly(other);
        assertThat(code(hurried)).isEqualTo(FailureCode.OVERLOADED);
    }

    @Test
    void aBatchThatLiesReadyShrinksWhenTheEngineTurnsOutToBeSlower() {
        List<Entry> came = List.of(add(0), add(0), add(0), add(0));
        assertThat(lyingReady(0)).isEqualTo(came);
        for (int i = 0; i < 20; i++) {
            queue.took(Kind.PLAIN, 1, 20 * MS);
        }
        assertThat(lyingReady(0)).isEqualTo(came.subList(0, 2));
        for (int i = 0; i < 40; i++) {
            queue.took(Kind.PLAIN, 1, 10 * MS);
        }
        assertThat(lyingReady(0)).isEqualTo(came);
    }

    @Test
    void severalWorkersHalveTheWait() {
        BatchQueue two = queue(4, 2);
        for (int i = 0; i < 2; i++) {
            two.add(entry(0, Kind.PLAIN, Priority.NORMAL, NEVER / MS), 0);
            two.begun(taken(two, 0).orElseThrow(), 0);
        }
        for (int i = 0; i < 4; i++) {
            two.add(entry(0, Kind.PLAIN, Priority.NORMAL, NEVER / MS), 0);
        }
        assertThat(two.forecast(0).backlog()).isBetween(29.0 * MS, 31.0 * MS);
    }

    @Test
    void refusingEverybodyLeavesNobody() {
        Entry computed = add(0);
        queue.begun(taken(queue, 0).orElseThrow(), 0);
        Entry waits = add(0);
        queue.refuseWaiting();
        assertThat(code(waits)).isEqualTo(FailureCode.NOT_READY);
        assertThat(computed.answered()).isFalse();
        assertThat(queue.empty()).isFalse();
        queue.refuseAll();
        assertThat(code(computed)).isEqualTo(FailureCode.NOT_READY);
        assertThat(queue.empty()).isTrue();
    }
}
