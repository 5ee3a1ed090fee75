package io.dmst.inference.batch;

import io.dmst.inference.Deadline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who is computed next. One thread owns a queue; time is a parameter, so that a simulated clock can
 * drive it.
 *
 * <p><b>Order.</b> A request's rank is its arrival plus what its priority yields; the least rank is
 * the head, and the head is in the next batch. So within a priority the first come is first, and
 * nobody starves: once a request has waited as long as its priority yields, all that come after it
 * stand behind it.
 *
 * <p><b>Batches.</b> A batch is the head with those next in order that are of its kind, no more
 * than the engine takes at once and no more than are predicted to be computed within the batch
 * time: dear requests make small batches. It waits for nobody. Requests of the other kind may so be
 * overtaken, by the company of heads, never by one another.
 *
 * <p><b>Deadlines.</b> {@link #expire} answers everybody whose deadline has passed, computed at the
 * moment or not, and says when to come again. A request is refused on arrival if its predicted
 * finish, with a margin for the model's error, lies past its deadline; one that could not finish
 * even if it began now is refused when a batch is formed. Neither is done to a request that nobody
 * else is in the way of: were the predictions too high, these requests would mend them.
 *
 * <p>So: every request that was added is answered once, by its deadline; none is handed out after
 * it; each is in one place, waiting or in one batch.
 */
final class BatchQueue {

    /**
     * A batch under way.
     *
     * @param begun ns
     * @param predicted time that it takes, ns
     */
    private record Run(long begun, double predicted) {

        /** Predicted rest; one that overran its prediction is taken to be half done. */
        double rest(long now) {
            return Math.abs(now - begun - predicted);
        }
    }

    private final NavigableSet<Entry> waiting =
            new TreeSet<>(
                    Comparator.comparingLong(Entry::rank).thenComparingLong(entry -> entry.order));
    private final NavigableSet<Entry> unanswered =
            new TreeSet<>(
                    Comparator.<Entry>comparingLong(entry -> entry.left(0))
                            .thenComparingLong(entry -> entry.order));
    private final Map<Batch, Run> running = new IdentityHashMap<>();
    private final Map<Kind, CostModel> costs;
    private final int largestBatch;
    private final Limits limits;
    private long arrivals;

    /**
     * @param costs of every kind; learn from what is computed
     * @param largestBatch that the engine takes
     */
    BatchQueue(Map<Kind, CostModel> costs, int largestBatch, Limits limits) {
        this.costs = costs;
        this.largestBatch = largestBatch;
        this.limits = limits;
    }

    /** Takes a request in, or refuses it as predicted to be late. */
    void add(Entry entry, long now) {
        if (entry.answered()) {
            return;
        }
        entry.order = arrivals++;
        double excess = Deadline.MARGIN * predictedWait(entry, now) - entry.left(now);
        if (excess > 0 && entry.left(now) > 0 && !idle()) {
            entry.refuse(Shed.PREDICTED_LATE, Refusal.predictedLate(excess));
            return;
        }
        waiting.add(entry);
        unanswered.add(entry);
    }

    /** Lets go of a request whose client has left. */
    void left(Entry entry) {
        unanswered.remove(entry);
        waiting.remove(entry);
    }

    /**
     * Answers everybody whose deadline has passed.
     *
     * @return nanoseconds until the next deadline
     */
    long expire(long now) {
        while (!unanswered.isEmpty()) {
            Entry first = unanswered.getFirst();
            long left = first.left(now);
            if (left > 0 && !first.answered()) {
                return left;
            }
            unanswered.remove(first);
            waiting.remove(first);
            first.refuse(Shed.DEADLINE, Refusal.deadline());
        }
        return Long.MAX_VALUE;
    }

    /** The next batch; its requests wait no longer. Nothing if nobody waits. */
    Optional<Batch> form(long now) {
        List<Entry> members = new ArrayList<>();
        List<Entry> late = new ArrayList<>();
        for (Entry entry : waiting) {
            if (entry.left(now) < cost(entry.kind()).of(1)) {
                late.add(entry);
            } else if (members.isEmpty() || entry.kind() == members.getFirst().kind()) {
                members.add(entry);
                if (members.size() >= most(entry.kind())) {
                    break;
                }
            }
        }
        if (members.isEmpty() && !late.isEmpty()) {
            members.add(late.removeFirst());
        }
        late.forEach(entry -> refuseLate(entry, now));
        members.forEach(waiting::remove);
        return members.isEmpty()
                ? Optional.empty()
                : Optional.of(new Batch(members.getFirst().kind(), members));
    }

    private void refuseLate(Entry entry, long now) {
        waiting.remove(entry);
        unanswered.remove(entry);
        entry.refuse(
                Shed.PREDICTED_LATE,
                Refusal.predictedLate(cost(entry.kind()).of(1) - entry.left(now)));
    }

    /** Takes back a batch that was not begun. */
    void takeBack(Batch batch) {
        waiting.addAll(batch.entries());
    }

    /** Hears that a batch is being computed. */
    void begun(Batch batch, long now) {
        running.put(batch, new Run(now, cost(batch.kind()).of(batch.entries().size())));
    }

    /** Hears that a batch is done and all of its requests are answered. */
    void done(Batch batch) {
        running.remove(batch);
        batch.entries().forEach(unanswered::remove);
    }

    /** Learns from a computation that succeeded. */
    void took(Kind kind, int images, long nanos) {
        cost(kind).observe(images, nanos);
    }

    /** Answers everybody who waits that the model is not ready. */
    void refuseWaiting() {
        refuse(waiting);
    }

    /** Answers everybody, even those being computed, that the model is not ready. */
    void refuseAll() {
        refuse(unanswered);
    }

    private void refuse(Collection<Entry> entries) {
        for (Entry entry : List.copyOf(entries)) {
            waiting.remove(entry);
            unanswered.remove(entry);
            entry.refuse(Shed.NOT_READY, Refusal.notReady());
        }
    }

    /** Whether anybody is in no batch yet. */
    boolean waits() {
        return !waiting.isEmpty();
    }

    /** Whether everybody is answered. */
    boolean empty() {
        return unanswered.isEmpty();
    }

    /** Whether nobody is in a newcomer's way. */
    private boolean idle() {
        return waiting.isEmpty() && running.isEmpty();
    }

    /** What a newcomer of the plain kind has to expect. */
    Forecast forecast(long now) {
        if (idle()) {
            return Forecast.IDLE;
        }
        int most = most(Kind.PLAIN);
        double each = cost(Kind.PLAIN).of(most) / most / limits.workers();
        return new Forecast(after(images(waiting), now), each);
    }

    private double predictedWait(Entry entry, long now) {
        Map<Kind, Integer> images = images(waiting.headSet(entry));
        images.merge(entry.kind(), 1, Integer::sum);
        return Math.max(after(images, now), cost(entry.kind()).of(1));
    }

    private static Map<Kind, Integer> images(Iterable<Entry> entries) {
        Map<Kind, Integer> images = new EnumMap<>(Kind.class);
        entries.forEach(entry -> images.merge(entry.kind(), 1, Integer::sum));
        return images;
    }

    private double after(Map<Kind, Integer> images, long now) {
        double time = 0;
        for (Run run : running.values()) {
            time += run.rest(now);
        }
        for (Map.Entry<Kind, Integer> some : images.entrySet()) {
            time += cost(some.getKey()).of(some.getValue(), most(some.getKey()));
        }
        return time / limits.workers();
    }

    private CostModel cost(Kind kind) {
        return Objects.requireNonNull(costs.get(kind));
    }

    /** Images of a kind that a batch may hold. */
    private int most(Kind kind) {
        return cost(kind).within(limits.batchTime().toNanos(), largestBatch);
    }
}
