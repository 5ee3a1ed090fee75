package io.dmst.serve.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the nodes are: one entry of {@code dmst.gateway.nodes}, which is {@code host:port}, or
 * {@code dns:///host:port} for every address of a name, or {@code file:///path} of a file with such
 * entries, one a line, that may change while the gateway runs. Immutable.
 *
 * @param entry as it is configured
 */
record NodeResolver(String entry) {

    private static final String DNS = "dns:///";
    private static final String FILE = "file:///";

    /**
     * Reads an entry.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    NodeResolver {
        if (!entry.startsWith(FILE)) {
            name(entry);
        }
    }

    private static Address name(String entry) {
        return Address.parse(entry.startsWith(DNS) ? entry.substring(DNS.length()) : entry);
    }

    /**
     * The addresses now; may wait for a name server.
     *
     * @throws IOException if they cannot be told: the name is unknown, the file unreadable or wrong
     */
    List<Address> addresses() throws IOException {
        if (!entry.startsWith(FILE)) {
            return addresses(entry);
        }
        List<Address> all = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of(URI.create(entry)))) {
                String text = line.strip();
                if (!text.isEmpty() && !text.startsWith("#")) {
                    all.addAll(addresses(text));
                }
            }
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (all.isEmpty()) {
            throw new IOException("the file names no node");
        }
        return all;
    }

    private static List<Address> addresses(String entry) throws UnknownHostException {
        Address name = name(entry);
        if (!entry.startsWith(DNS)) {
            return List.of(name);
        }
        List<Address> all = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(name.host())) {
            all.add(name.at(address.getHostAddress()));
        }
        return all;
    }
}
