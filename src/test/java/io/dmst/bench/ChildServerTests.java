package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ChildServerTests {

    private static final Duration AWHILE = Duration.ofSeconds(10);

    /** Says what a service says when it is ready, and then nothing. */
    static final class Silent {
        public static void main(String[] arguments) throws InterruptedException {
            System.out.println("gRPC Server started, listening on port: 7");
            System.out.println("ready: http://localhost:8");
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    /** A client of it that has a single carrier of virtual threads. */
    static final class Client {
        public static void main(String[] arguments) throws Exception {
            String classPath = System.getProperty("java.class.path");
            try (ChildServer server =
                    ChildServer.start(classPath, Silent.class.getName(), List.of())) {
                Thread request = Thread.ofVirtual().start(() -> {});
                System.out.println(
                        server.address(Protocol.GRPC) + " asked: " + request.join(AWHILE));
            }
        }
    }

    @Test
    @Timeout(60)
    void aServerThatIsSilentLeavesItsClientTheOnlyCarrierOfVirtualThreads()
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("-Djdk.virtualThreadScheduler.parallelism=1");
        command.add("-Djdk.virtualThreadScheduler.maxPoolSize=1");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Client.class.getName());

        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();

        assertThat(new String(client.getInputStream().readAllBytes()))
                .endsWith("grpc://localhost:7 asked: true\n");
        assertThat(client.waitFor()).isZero();
    }
}
