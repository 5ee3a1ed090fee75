package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeResolverTests {

    private static List<String> found(String entry) throws IOException {
        return new NodeResolver(entry).addresses().stream().map(Address::text).toList();
    }

    @Test
    void aHostIsLeftToTheConnectionAndANameStandsForAllItsAddresses() throws IOException {
        assertThat(found("some.where:8081")).containsExactly("some.where:8081");
        assertThat(found("dns:///127.0.0.1:8081")).containsExactly("127.0.0.1:8081");
        assertThat(new NodeResolver("dns:///localhost:8081").addresses())
                .isNotEmpty()
                .allMatch(address -> address.authority().equals("localhost"));
        assertThatThrownBy(() -> found("dns:///no.such.name.invalid:1"))
                .isInstanceOf(UnknownHostException.class);
    }

    @Test
    void aFileMayChange(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("nodes.txt");
        Files.writeString(file, "# ours\n\n a:1 \nb:2\n");
        assertThat(found(file.toUri().toString())).containsExactly("a:1", "b:2");
        Files.writeString(file, "dns:///127.0.0.1:3");
        assertThat(found(file.toUri().toString())).containsExactly("127.0.0.1:3");
    }

    @Test
    void aFileThatIsMissingEmptyOrWrongIsNoList(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("nodes.txt");
        assertThatThrownBy(() -> found(file.toUri().toString())).isInstanceOf(IOException.class);
        Files.writeString(file, "# nothing\n");
        assertThatThrownBy(() -> found(file.toUri().toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("names no node");
        Files.writeString(file, "a:1\nb\n");
        assertThatThrownBy(() -> found(file.toUri().toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not b");
    }

    @Test
    void whatIsNoEntryIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new NodeResolver("nodes"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host:port");
    }
}
