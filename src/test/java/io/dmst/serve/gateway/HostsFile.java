package io.dmst.serve.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;

/** Names that stand for several addresses, where a process looks them up; changed at once. */
final class HostsFile {

    private final Path file;
    private final Map<String, Collection<String>> names = new TreeMap<>();

    HostsFile(Path file) {
        this.file = file;
    }

    /** The argument of Java that makes a process look names up here. */
    String argument() {
        return "-Djdk.net.hosts.file=" + file;
    }

    void add(String name, String address) throws IOException {
        names.computeIfAbsent(name, unused -> new LinkedHashSet<>()).add(address);
        write();
    }

    void replace(String name, String old, String address) throws IOException {
        names.getOrDefault(name, new LinkedHashSet<>()).remove(old);
        add(name, address);
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
        names.forEach((name, addresses) ->
                addresses.forEach(
                        address -> text.append(address).append(' ').append(name).append('\n')));
        replace(file, text.toString());
    }

    /** Gives a file another content, of which nobody reads a part. */
    static void replace(Path file, String text) throws IOException {
        Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
