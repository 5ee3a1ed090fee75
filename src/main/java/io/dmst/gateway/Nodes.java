package io.dmst.gateway;

import inference.ModelInferRequest;

import io.dmst.observability.Metric;
import io.micrometer.core.instrument.MeterRegistry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The inference nodes: looked up every now and then, asked for their health every second, and
 * picked by the least that is on its way to them.
 *
 * <p>A node whose address disappears gets no more requests and answers those that it has. Safe for
 * use by several threads.
 */
final class Nodes implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Nodes.class);
    private static final Duration HEALTH_EVERY = Duration.ofSeconds(1);
    private static final String DNS = "dns:///";

    /** Makes a node. */
    interface Connecting {
        Node to(Address address);
    }

    private final List<String> targets;
    private final int concurrency;
    private final Connecting connecting;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("gateway-nodes").daemon().factory());
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Map<String, Node> nodes = Map.of();

    /** Looks the nodes up and asks for their health. */
    Nodes(GatewayProperties properties, Connecting connecting, MeterRegistry meters) {
        this.targets = properties.nodes();
        this.concurrency = properties.concurrency();
        this.connecting = connecting;
        resolve();
        every(properties.resolveEvery(), this::resolve);
        every(HEALTH_EVERY, () -> nodes.values().forEach(node -> node.askHealth(HEALTH_EVERY)));
        Metric.GATEWAY_NODES.watch(
                meters, () -> nodes.values().stream().filter(Node::trusted).count(), "serving");
        Metric.GATEWAY_NODES.watch(
                meters,
                () -> nodes.values().stream().filter(node -> !node.trusted()).count(),
                "failing");
    }

    private void every(Duration period, Runnable work) {
        long nanos = period.toNanos();
        thread.scheduleWithFixedDelay(
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

    private void resolve() {
        Map<String, Node> now = new LinkedHashMap<>();
        for (String target : targets) {
            try {
                for (Address address : addresses(target)) {
                    Node known = nodes.get(address.text());
                    now.put(address.text(), known == null ? connect(address) : known);
                }
            } catch (UnknownHostException e) {
                log.warn("inference nodes {}: no such host; the known ones stay", target);
                now.putAll(nodes);
            }
        }
        Map<String, Node> before = nodes;
        nodes = Map.copyOf(now);
        before.forEach((address, node) -> {
            if (!now.containsKey(address)) {
                log.info("inference node {} is gone", address);
                node.drain();
            }
        });
    }

    private Node connect(Address address) {
        Node node = connecting.to(address);
        node.askHealth(HEALTH_EVERY);
        return node;
    }

    private static List<Address> addresses(String target) throws UnknownHostException {
        if (!target.startsWith(DNS)) {
            return List.of(Address.parse(target));
        }
        Address name = Address.parse(target.substring(DNS.length()));
        List<Address> addresses = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(name.host())) {
            addresses.add(name.at(address.getHostAddress()));
        }
        return addresses;
    }

    /** Whether a request would find a node. */
    boolean any() {
        return nodes.values().stream().anyMatch(Node::trusted);
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
        List<Node> all = List.copyOf(nodes.values());
        long now = System.nanoTime();
        for (Node node : all) {
            if (!tried.contains(node) && node.answers(message) && node.mayBeProbed(now)) {
                return Optional.of(node);
            }
        }
        // of equals, another one each time
        int first = Math.floorMod(turn.getAndIncrement(), Math.max(1, all.size()));
        Node best = null;
        for (int i = 0; i < all.size(); i++) {
            Node node = all.get((first + i) % all.size());
            if (!tried.contains(node)
                    && node.trusted()
                    && node.answers(message)
                    && node.outstanding() < concurrency
                    && (best == null || node.outstanding() < best.outstanding())) {
                best = node;
            }
        }
        return Optional.ofNullable(best);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        nodes.values().forEach(Node::close);
    }
}
