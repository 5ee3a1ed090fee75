package io.dmst.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmst.inference.Deadline;
import io.dmst.inference.Failure;
import io.dmst.inference.FailureCode;
import io.dmst.inference.Outcome;
import io.dmst.inference.Prediction;
import io.dmst.inference.PredictionRequest;
import io.dmst.inference.Priority;
import io.dmst.inference.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A queue, its owner and its workers on a simulated clock: the same steps as a {@link Batcher}
 * takes, without threads.
 */
final class Simulation {

    /** A request and what became of it; times are of the simulated clock, ns, -1 if never. */
    static final class Visit {
        final Entry entry;
        final long arrival;
        long begun = -1;
        long answered = -1;
        boolean arrived;
        boolean taken;
        boolean cancelled;
        @Nullable Outcome outcome;
        int sheds;

        Visit(PredictionRequest request, long arrival) {
            this.arrival = arrival;
            this.entry = new Entry(request, arrival, reason -> sheds++);
        }

        boolean predicted() {
            return outcome instanceof Prediction;
        }

        boolean failed(FailureCode code) {
            return outcome instanceof Failure failure && failure.code() == code;
        }
    }

    /** Something that happens at a time. */
    private record Event(long time, long order, Runnable what) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::time).thenComparingLong(Event::order));
    private final List<Visit> visits = new ArrayList<>();
    private final List<Batch> begun = new ArrayList<>();
    private final List<List<Visit>> waitingAtBegin = new ArrayList<>();
    private final Map<Entry, Visit> byEntry = new java.util.IdentityHashMap<>();
    private final Map<Kind, CostModel> costs = new EnumMap<>(Kind.class);
    private final int largestBatch;
    private final Limits limits;
    private final BatchQueue queue;
    private final ToDoubleFunction<Batch> service;
    private int idle;
    private long now;
    private long order;
    private long nextDeadline = Long.MAX_VALUE;

    /**
     * @param service time of a batch, ns
     */
    Simulation(
            CostModel plain,
            CostModel traced,
            int largestBatch,
            Limits limits,
            ToDoubleFunction<Batch> service) {
        costs.put(Kind.PLAIN, plain);
        costs.put(Kind.TRACED, traced);
        this.largestBatch = largestBatch;
        this.limits = limits;
        this.queue = new BatchQueue(costs, largestBatch, limits);
        this.service = service;
        this.idle = limits.workers();
    }

    static PredictionRequest request(Kind kind, Priority priority, long deadline) {
        return new PredictionRequest(
                "r",
                new byte[0],
                kind == Kind.PLAIN ? Set.of() : Set.of("membership.0"),
                new Deadline(deadline),
                priority);
    }

    Visit arrive(long time, PredictionRequest request) {
        Visit visit = new Visit(request, time);
        visits.add(visit);
        byEntry.put(visit.entry, visit);
        visit.entry
                .answer()
                .whenComplete((outcome, fault) -> {
                    visit.answered = now;
                    visit.outcome = outcome;
                });
        at(
                time,
                () -> {
                    visit.arrived = true;
                    queue.add(visit.entry, now);
                });
        return visit;
    }

    void cancel(long time, Visit visit) {
        at(
                time,
                () -> {
                    if (visit.entry.answer().cancel(false)) {
                        visit.cancelled = true;
                        queue.left(visit.entry);
                    }
                });
    }

    private void at(long time, Runnable what) {
        events.add(new Event(time, order++, what));
    }

    List<Visit> visits() {
        return visits;
    }

    List<Batch> begun() {
        return begun;
    }

    /** Who waited, neither answered nor in the batch, when a batch of {@link #begun} began. */
    List<Visit> waitingAtBegin(int batch) {
        return waitingAtBegin.get(batch);
    }

    Visit visit(Entry entry) {
        return Objects.requireNonNull(byEntry.get(entry));
    }

    long now() {
        return now;
    }

    /** Lets everything happen. */
    void run() {
        while (!events.isEmpty() || nextDeadline != Long.MAX_VALUE) {
            if (!events.isEmpty() && events.element().time() <= nextDeadline) {
                Event event = events.remove();
                now = event.time();
                event.what().run();
            } else {
                now = nextDeadline;
            }
            turn();
        }
    }

    private void turn() {
        long left = queue.expire(now);
        nextDeadline = left == Long.MAX_VALUE ? left : now + left;
        while (idle > 0) {
            Batch batch = next();
            if (batch == null) {
                break;
            }
            queue.taken();
            begin(batch);
        }
        next();
    }

    /** The batch that lies ready, which must be the one that would be formed anew. */
    private @Nullable Batch next() {
        Batch batch = queue.next(now).orElse(null);
        List<Entry> line =
                visits.stream()
                        .filter(visit -> visit.arrived && visit.answered < 0 && !visit.taken)
                        .map(visit -> visit.entry)
                        .sorted(Line.ORDER)
                        .toList();
        if (batch == null) {
            assertThat(line).isEmpty();
        } else {
            CostModel cost = Objects.requireNonNull(costs.get(batch.kind()));
            assertThat(batch.entries())
                    .isEqualTo(
                            line.stream()
                                    .filter(entry -> entry.kind() == line.getFirst().kind())
                                    .limit(cost.within(limits.batchTime().toNanos(), largestBatch))
                                    .toList());
        }
        return batch;
    }

    private void begin(Batch batch) {
        idle--;
        begun.add(batch);
        batch.entries().forEach(entry -> visit(entry).taken = true);
        List<Entry> computed = batch.entries().stream().filter(e -> e.begins(now)).toList();
        computed.forEach(entry -> visit(entry).begun = now);
        waitingAtBegin.add(
                visits.stream()
                        .filter(v -> v.arrival < now && v.answered < 0 && v.begun < 0)
                        .filter(v -> !batch.entries().contains(v.entry))
                        .toList());
        queue.begun(batch, now);
        long took = Math.max(1, Math.round(service.applyAsDouble(batch)));
        at(
                now + took,
                () -> {
                    Timing timing =
                            new Timing(Duration.ZERO, Duration.ofNanos(took), computed.size());
                    for (Entry entry : computed) {
                        entry.answer()
                                .complete(
                                        new Prediction(
                                                new float[0], new float[0], Map.of(), timing));
                    }
                    queue.took(batch.kind(), computed.size(), took);
                    queue.done(batch);
                    idle++;
                });
    }
}
