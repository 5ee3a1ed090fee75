package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmst.serve.predict.Models;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateway and node show each other certificates, which the JDK's keytool makes for the test. */
class MutualTlsIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PASSWORD = "changeit";
    private static final String NODE = "node";
    private static final String GATEWAY = "gateway";
    private static final String STRANGER = "stranger";

    @TempDir private static Path files = Path.of("");

    @BeforeAll
    static void certificates() throws Exception {
        for (String who : List.of(NODE, GATEWAY, STRANGER)) {
            keytool(
                    "-genkeypair",
                    "-alias",
                    who,
                    "-keyalg",
                    "EC",
                    "-validity",
                    "2",
                    "-dname",
                    "CN=" + who,
                    "-ext",
                    "SAN=dns:localhost",
                    "-keystore",
                    file(who + ".p12"));
            keytool(
                    "-exportcert",
                    "-alias",
                    who,
                    "-keystore",
                    file(who + ".p12"),
                    "-file",
                    file(who + ".crt"));
        }
        trust(NODE, GATEWAY);
        trust(GATEWAY, NODE);
        trust(STRANGER, NODE);
    }

    private static void trust(String who, String whom) throws Exception {
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                whom,
                "-file",
                file(whom + ".crt"),
                "-keystore",
                file(who + "-trusts.p12"));
    }

    private static String file(String name) {
        return files.resolve(name).toString();
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        java.lang.Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static List<String> bundle(String who) {
        String prefix = "--spring.ssl.bundle.jks.inside.";
        List<String> arguments = new ArrayList<>();
        for (String store : List.of("keystore=" + who, "truststore=" + who + "-trusts")) {
            String name = store.substring(0, store.indexOf('='));
            String path = file(store.substring(store.indexOf('=') + 1) + ".p12");
            arguments.add(prefix + name + ".location=file:" + path);
            arguments.add(prefix + name + ".password=" + PASSWORD);
            arguments.add(prefix + name + ".type=PKCS12");
        }
        return arguments;
    }

    private static Process node() {
        List<String> arguments = bundle(NODE);
        arguments.add("--spring.grpc.server.ssl.bundle=inside");
        arguments.add("--spring.grpc.server.ssl.client-auth=require");
        return Process.node(0, arguments.toArray(String[]::new));
    }

    private static Process gateway(Process node, String who) {
        List<String> arguments = bundle(who);
        arguments.add("--dmst.gateway.ssl-bundle=inside");
        return Process.gateway("localhost:" + node.grpcPort(), arguments.toArray(String[]::new));
    }

    private static HttpResponse<String> classify(Process instance) throws Exception {
        byte[] cat = Files.readAllBytes(Path.of("src/test/resources/image/chelsea.png"));
        return instance.send("/v1/classify?coding_rate=true", cat, PATIENCE);
    }

    @Test
    void whoeverIsKnownIsAnsweredAndNobodyElse() throws Exception {
        try (Process node = node();
                Process gateway = gateway(node, GATEWAY);
                Process stranger = gateway(node, STRANGER);
                Process open = Process.gateway("localhost:" + node.grpcPort())) {
            await().atMost(PATIENCE).until(() -> gateway.bean(Models.class).ready());
            HttpResponse<String> answer = classify(gateway);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(classify(node).body());
            for (Process other : List.of(stranger, open)) {
                await().atMost(PATIENCE)
                        .until(() ->
                                other.bean(NodePool.class).listed().getFirst().state()
                                        == Node.State.UNREACHABLE);
                assertThat(other.bean(Models.class).ready()).isFalse();
                assertThat(classify(other).statusCode()).isEqualTo(502);
            }
        }
    }
}
