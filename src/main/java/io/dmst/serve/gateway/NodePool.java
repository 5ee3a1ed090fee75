package io.dmst.serve.gateway;

import inference.ModelInferRequest;
import io.dmst.serve.metrics.Metric;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inference nodes: looked up every now and then, asked for their health every second, and
 * picked by the least that is on its way to them.
 *
 * <p>A node whose address disappears leaves: it gets no requests as long as one that is listed
 * serves, answers those that it has, and is let go. Until one of the listed ones serves, but no
 * longer than {@link #STAND_IN}, it stands in for them, so that a list may be replaced as a whole.
 *
 * <p>Safe for use by several threads.
 */
final class NodePool implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodePool.class);
    private static final Duration HEALTH_EVERY = Duration.ofSeconds(1);

    /** An address may be given to somebody else after that. */
    static final Duration STAND_IN = Duration.ofMinutes(1);

    /** For requests that have picked a node but not reached its connection yet. */
    private static final Duration LAST_REQUESTS = Duration.ofSeconds(5);

    /** Makes a node. */
    interface Connecting {
        Node to(Address address);
    }

    private final List<NodeResolver> lookups;
    private final int concurrency;
    private final Connecting connecting;
    // a name server that does not answer must not keep the nodes from being asked for their health
    private final ScheduledExecutorService threads =
            Executors.newScheduledThreadPool(
                    2, Thread.ofPlatform().name("gateway-nodes-", 0).daemon().factory());
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<Node, Long> leaving = new ConcurrentHashMap<>();
    private volatile Map<String, Node> nodes = Map.of();
    private volatile boolean reached;

    /** Looks the nodes up and asks for their health. */
    NodePool(GatewayProperties properties, Connecting connecting, MeterRegistry meters) {
        this.lookups = properties.nodes().stream().map(NodeResolver::new).toList();
        this.concurrency = properties.concurrency();
        this.connecting = connecting;
        resolve();
        every(properties.resolveEvery(), this::resolve);
        every(HEALTH_EVERY, this::lookAfter);
        Metric.GATEWAY_NODES.watch(meters, () -> count(Node::trusted), "serving");
        Metric.GATEWAY_NODES.watch(
                meters, () -> count(node -> !node.trusted() && !node.tripped()), "failing");
        Metric.GATEWAY_NODES.watch(meters, () -> count(Node::tripped), "tripped");
        Metric.GATEWAY_NODES.watch(meters, leaving::size, "leaving");
    }

    private long count(Predicate<Node> such) {
        return nodes.values().stream().filter(such).count();
    }

    private void every(Duration period, Runnable work) {
        long nanos = period.toNanos();
        threads.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        log.error("looking after the inference nodes failed; it goes on", e);
                    }
                },
                nanos,
                nanos,
                TimeUnit.NANOSECONDS);
    }

    private void lookAfter() {
        nodes.values().forEach(Node::askHealth);
        leaving.keySet().forEach(Node::askHealth);
        boolean replaced = any();
        reached |= replaced;
        if (!replaced) {
            threads.execute(this::resolve); // others may be there already
        }
        long now = System.nanoTime();
        long most = (replaced ? LAST_REQUESTS : STAND_IN).toNanos();
        leaving.forEach((node, since) -> {
            if (now - since > most && leaving.remove(node) != null) {
                node.drain();
            }
        });
    }

    private synchronized void resolve() {
        Map<String, Node> before = nodes;
        Map<String, Node> now = new LinkedHashMap<>();
        for (NodeResolver lookup : lookups) {
            try {
                for (Address address : lookup.addresses()) {
                    now.computeIfAbsent(address.text(), text -> known(before, address));
                }
            } catch (IOException e) {
                log.warn(
                        "inference nodes {} cannot be looked up, the known ones stay: {}",
                        lookup.entry(),
                        e.toString());
                now.putAll(before);
            }
        }
        nodes = Map.copyOf(now);
        before.forEach((address, node) -> {
            if (!now.containsKey(address)) {
                log.info("inference node {} is listed no more", address);
                leaving.put(node, System.nanoTime());
            }
        });
    }

    /** The node of an address, one that was about to leave too, or a new one. */
    private Node known(Map<String, Node> listed, Address address) {
        Node same = listed.get(address.text());
        for (Node node : leaving.keySet()) {
            if (node.address().equals(address.text()) && leaving.remove(node) != null) {
                same = node;
            }
        }
        return same == null ? connect(address) : same;
    }

    private Node connect(Address address) {
        Node node = connecting.to(address);
        node.askHealth();
        return node;
    }

    /** All that are listed, for whoever wants to know. */
    List<Node> listed() {
        return List.copyOf(nodes.values());
    }

    /** Whether a request would find a node that is listed. */
    boolean any() {
        return nodes.values().stream().anyMatch(Node::trusted);
    }

    /** Whether any node has ever served. */
    boolean reached() {
        return reached || (reached = any());
    }

    /** Whether nodes are there, but none has room. */
    boolean full() {
        return any()
                && nodes.values().stream()
                        .filter(Node::trusted)
                        .allMatch(node -> node.outstanding() >= concurrency);
    }

    /** Whether nodes are there, but none has the outputs that a request cannot do without. */
    boolean lack(ModelInferRequest message) {
        return any()
                && nodes.values().stream()
                        .filter(Node::trusted)
                        .noneMatch(node -> node.answers(message));
    }

    /**
     * The node to ask, if there is one.
     *
     * @param message that it must be able to answer
     * @param tried that must not be asked again
     */
    Optional<Node> pick(ModelInferRequest message, Set<Node> tried) {
        List<Node> listed = able(nodes.values(), message, tried);
        long now = System.nanoTime();
        for (Node node : listed) {
            if (node.mayBeProbed(now)) {
                return Optional.of(node);
            }
        }
        return Optional.ofNullable(least(listed))
                .or(() -> Optional.ofNullable(least(able(leaving.keySet(), message, tried))));
    }

    private static List<Node> able(
            Collection<Node> nodes, ModelInferRequest message, Set<Node> tried) {
        return nodes.stream()
                .filter(node -> !tried.contains(node) && node.answers(message))
                .toList();
    }

    private @Nullable Node least(List<Node> all) {
        // of equals, another one each time
        int first = Math.floorMod(turn.getAndIncrement(), Math.max(1, all.size()));
        Node best = null;
        for (int i = 0; i < all.size(); i++) {
            Node node = all.get((first + i) % all.size());
            if (node.trusted()
                    && node.outstanding() < concurrency
                    && (best == null || node.outstanding() < best.outstanding())) {
                best = node;
            }
        }
        return best;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        nodes.values().forEach(Node::close);
        leaving.keySet().forEach(Node::close);
    }
}
