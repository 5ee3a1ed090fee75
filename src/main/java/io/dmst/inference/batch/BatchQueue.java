package io.dmst.inference.batch;

import java.util.ArrayList;
import java.util.Comparator;
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
 * finish, with its deadline's margin for the model's error, lies past that; one that could not
 * finish even if it began now is refused when a batch is formed. Neither is done to a request that
 * nobody else is in the way of: were the predictions too high, these requests would mend them.
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

    private static final Kind[] KINDS = Kind.values();

    private final Line waiting = new Line();
    private final NextBatch next = new NextBatch();
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
        double excess = entry.margin() * predictedWait(entry, now) - entry.left(now);
        if (excess > 0 && entry.left(now) > 0 && !idle()) {
            entry.refuse(Shed.PREDICTED_LATE, Refusal.predictedLate(excess));
            return;
        }
        waiting.add(entry);
        unanswered.add(entry);
        next.came(entry, most(entry.kind()));
    }

    /** Lets go of a request whose client has left. */
    void left(Entry entry) {
        unanswered.remove(entry);
        leaves(entry);
    }

    private void leaves(Entry entry) {
        if (waiting.remove(entry)) {
            next.left(entry);
        }
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
            left(first);
            first.refuse(Shed.DEADLINE, Refusal.deadline());
        }
        return Long.MAX_VALUE;
    }

    /** The next batch, whose requests wait until it is {@link #taken}. Nothing if nobody waits. */
    Optional<Batch> next(long now) {
        if (next.isEmpty() || !next.stands(most(next.kind()), cost(next.kind()).of(1), now)) {
            form(now);
        }
        return next.batch();
    }

    private void form(long now) {
        List<Entry> late = new ArrayList<>();
        next.clear();
        for (Entry entry : waiting) {
            if (entry.left(now) < cost(entry.kind()).of(1)) {
                late.add(entry);
            } else if ((next.isEmpty() || entry.kind() == next.kind())
                    && !next.add(entry, most(entry.kind()))) {
                break;
            }
        }
        if (next.isEmpty() && !late.isEmpty()) {
            next.add(late.removeFirst(), 1);
        }
        late.forEach(entry -> refuseLate(entry, now));
    }

    private void refuseLate(Entry entry, long now) {
        // the batch was formed without it, so it need not hear of this
        waiting.remove(entry);
        unanswered.remove(entry);
        entry.refuse(
                Shed.PREDICTED_LATE,
                Refusal.predictedLate(cost(entry.kind()).of(1) - entry.left(now)));
    }

    /** Hears that somebody has taken the batch that {@link #next} told last, if it told one. */
    void taken() {
        next.members().forEach(waiting::remove);
        next.clear();
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
        refuse(waiting.copy());
    }

    /** Answers everybody, even those being computed, that the model is not ready. */
    void refuseAll() {
        refuse(List.copyOf(unanswered));
    }

    private void refuse(List<Entry> entries) {
        for (Entry entry : entries) {
            left(entry);
            entry.refuse(Shed.NOT_READY, Refusal.notReady());
        }
    }

    /** Whether anybody is in no batch yet. */
    boolean waits() {
        return waiting.size() > next.members().size();
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
        int most = most(Kind.PLAIN);
        double each = cost(Kind.PLAIN).of(most) / most / limits.workers();
        return new Forecast(idle() ? 0 : after(waiting.counts(), now), each);
    }

    private double predictedWait(Entry entry, long now) {
        int[] images = waiting.ahead(entry);
        images[entry.kind().ordinal()]++;
        return Math.max(after(images, now), cost(entry.kind()).of(1));
    }

    private double after(int[] images, long now) {
        double time = 0;
        for (Run run : running.values()) {
            time += run.rest(now);
        }
        for (Kind kind : KINDS) {
            time += cost(kind).of(images[kind.ordinal()], most(kind));
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
