package io.dmst.serve.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hosts with a network of their own on this machine, in namespaces of Linux: a gateway, inference
 * nodes, and a cable from the gateway to each node. A second line, which nothing befalls, leads
 * from each host to this process: for its requests, and to read metrics. Needs the rights of root.
 */
final class Network implements AutoCloseable {

    private final Deque<List<String>> undo = new ArrayDeque<>();
    private final List<Cable> cables = new ArrayList<>();
    private final List<String> nodeAddresses = new ArrayList<>();
    private final List<OwnProcess.Place> places = new ArrayList<>();
    private final String name = "d" + ThreadLocalRandom.current().nextInt(100_000);
    // 198.18.0.0/15 is set aside for tests of networks; a block of 64 for each run
    private final int block = ThreadLocalRandom.current().nextInt(1 << 11);
    private int next;

    /**
     * Lays it out.
     *
     * @throws IOException if this process may not, or a tool is missing; the message says what
     */
    Network(int nodes) throws IOException, InterruptedException {
        try {
            String gateway = host();
            for (int i = 0; i < nodes; i++) {
                connect(gateway, host());
            }
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /** Where the gateway runs. */
    OwnProcess.Place gateway() {
        return places.getFirst();
    }

    /** Where a node runs, from 0. */
    OwnProcess.Place node(int i) {
        return places.get(1 + i);
    }

    /** The address of a node as the gateway sees it. */
    String nodeAddress(int i) {
        return nodeAddresses.get(i);
    }

    /** What lies between the gateway and a node. */
    Cable cable(int i) {
        return cables.get(i);
    }

    void mend() {
        cables.forEach(Cable::mend);
    }

    private String address() {
        int number = block * 64 + next++;
        return "198.%d.%d.%d".formatted(18 + (number >> 16), (number >> 8) & 255, number & 255);
    }

    private String device() {
        return name + "v" + next++;
    }

    /** A namespace with a line to this process. */
    private String host() throws IOException, InterruptedException {
        String host = name + "h" + places.size();
        run(List.of("ip", "netns", "add", host));
        undo.push(List.of("ip", "netns", "del", host));
        String here = device();
        String inside = device();
        run(List.of("ip", "link", "add", here, "type", "veth", "peer", "name", inside));
        undo.push(List.of("ip", "link", "del", here));
        String hereAddress = address();
        String insideAddress = address();
        up(List.of(), here, hereAddress, insideAddress);
        give(host, inside, insideAddress, hereAddress);
        run(inside(host, "ip", "link", "set", "lo", "up"));
        places.add(new OwnProcess.Place(inside(host), insideAddress, OwnProcess.Ports.USUAL));
        return host;
    }

    private void connect(String gateway, String node) throws IOException, InterruptedException {
        String left = device();
        String right = device();
        cables.add(new Cable(left, right));
        String leftAddress = address();
        String rightAddress = address();
        give(gateway, left, leftAddress, rightAddress);
        give(node, right, rightAddress, leftAddress);
        nodeAddresses.add(rightAddress);
    }

    private static void give(String host, String device, String own, String peer)
            throws IOException, InterruptedException {
        run(List.of("ip", "link", "set", device, "netns", host));
        up(inside(host), device, own, peer);
    }

    private static void up(List<String> inside, String device, String own, String peer)
            throws IOException, InterruptedException {
        run(with(inside, "ip", "addr", "add", own, "peer", peer, "dev", device));
        run(with(inside, "ip", "link", "set", device, "up"));
    }

    private static List<String> inside(String host, String... words) {
        return with(List.of("ip", "netns", "exec", host), words);
    }

    private static List<String> with(List<String> before, String... words) {
        List<String> all = new ArrayList<>(before);
        all.addAll(List.of(words));
        return all;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        java.lang.Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }

    @Override
    public void close() {
        cables.forEach(Cable::close);
        while (!undo.isEmpty()) {
            try {
                run(undo.pop());
            } catch (IOException e) {
                // a device goes with its namespace
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
