package io.dmst.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every protocol against the real program, in a process of its own. */
class TargetsIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final byte[] NO_IMAGE = {1, 2, 3};

    @TempDir private static Path directory = Path.of("");
    private static @Nullable ChildServer server;
    private static byte[] image = {};

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        IdentityModel.write(directory);
        image = IdentityModel.photographs().file(0);
        server =
                ChildServer.start(
                        Programs.ourOwn(), List.of("--dmst.inference.model=" + directory));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static URI address(Protocol protocol) {
        return Objects.requireNonNull(server).address(protocol);
    }

    private static Target.Answer send(
            URI address, Operation operation, Duration timeout, byte[] image)
            throws InterruptedException {
        try (Target target = Targets.of(List.of(address), operation, timeout)) {
            return target.send(image);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyProtocolClassifiesAndTellsItsStages(Protocol protocol) throws InterruptedException {
        Target.Answer answer = send(address(protocol), Operation.CLASSIFY, PATIENCE, image);

        assertThat(answer.code()).isEqualTo(Target.OK);
        assertThat(answer.batchSize()).isEqualTo(1);
        assertThat(answer.stages()).containsOnlyKeys("decode", "queue", "compute");
    }

    @ParameterizedTest
    @EnumSource
    void everyProtocolExplains(Protocol protocol) throws InterruptedException {
        assertThat(send(address(protocol), Operation.EXPLAIN, PATIENCE, image).code())
                .isEqualTo(Target.OK);
    }

    @Test
    void aFailureHasTheCodeThatTheProtocolTells() throws InterruptedException {
        assertThat(send(address(Protocol.REST), Operation.CLASSIFY, PATIENCE, NO_IMAGE).code())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(send(address(Protocol.GRPC), Operation.CLASSIFY, PATIENCE, NO_IMAGE).code())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(send(address(Protocol.OIP_GRPC), Operation.CLASSIFY, PATIENCE, NO_IMAGE).code())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(send(address(Protocol.OIP_HTTP), Operation.CLASSIFY, PATIENCE, NO_IMAGE).code())
                .isEqualTo("HTTP_415");
    }

    @ParameterizedTest
    @EnumSource
    void theDeadlineIsToldToTheServer(Protocol protocol) throws InterruptedException {
        Duration none = Duration.ofNanos(1000);

        assertThat(send(address(protocol), Operation.CLASSIFY, none, image).code())
                // the client of gRPC keeps the deadline too, and may be first
                .isIn("DEADLINE_EXCEEDED", "CLIENT_TIMEOUT");
    }

    @Test
    void aModelIsNamedByThePath() throws InterruptedException {
        for (Protocol protocol : List.of(Protocol.OIP_HTTP, Protocol.OIP_GRPC)) {
            URI named = URI.create(address(protocol) + "/identity");
            assertThat(send(named, Operation.CLASSIFY, PATIENCE, image).code())
                    .isEqualTo(Target.OK);
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            Targets.of(
                                    List.of(URI.create(address(protocol) + "/other")),
                                    Operation.CLASSIFY,
                                    null))
                    .withMessageContaining("does not tell its model");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"oip+http://127.0.0.1:1", "oip+grpc://127.0.0.1:1"})
    void aServerThatCannotBeAskedForItsModelIsRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Targets.of(List.of(URI.create(address)), Operation.CLASSIFY, null))
                .withMessageContaining("does not tell its model");
    }

    @Test
    void aServerThatIsNotThereIsAnOutcomeOfGrpcToo() throws InterruptedException {
        URI nobody = URI.create("grpc://127.0.0.1:1");

        assertThat(send(nobody, Operation.CLASSIFY, PATIENCE, image).code()).isEqualTo("CONNECT");
    }
}
