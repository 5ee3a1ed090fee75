package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A gateway and two nodes, each a process with a network of its own, and what befalls the lines
 * between them. Every request is answered or refused by its deadline, second tries stay few, and
 * what was lost is found again without a restart.
 *
 * <p>{@code -Ddmst.faults.seconds} says how long each fault lasts, {@code -Ddmst.faults.margin} how
 * many milliseconds after its deadline an answer may come; on a machine with nothing else to do 50
 * are enough.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class NetworkFaultsIntegrationTests {

    private static final Duration FAULT =
            Duration.ofSeconds(Long.getLong("dmst.faults.seconds", 6));
    private static final long MARGIN_MS = Long.getLong("dmst.faults.margin", 5_000);
    private static final Load.Pace PACE =
            new Load.Pace(Integer.getInteger("dmst.faults.rate", 40), 200);
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<OwnProcess> nodes = new ArrayList<>();
    private @Nullable Network network;
    private @Nullable OwnProcess gateway;

    @BeforeAll
    void start() throws Exception {
        Network made;
        try {
            made = new Network(2);
        } catch (IOException e) {
            String reason = "no networks can be made here, so their faults go untested: " + e;
            System.out.println(reason);
            assumeThat(true).as(reason).isFalse();
            return;
        }
        network = made;
        for (int i = 0; i < 2; i++) {
            nodes.add(OwnProcess.start(made.node(i)));
        }
        OwnProcess started =
                OwnProcess.start(
                        made.gateway(),
                        "--dmst.inference.mode=remote",
                        "--dmst.gateway.nodes=%s:8081,%s:8081"
                                .formatted(made.nodeAddress(0), made.nodeAddress(1)));
        gateway = started;
        started.ready();
    }

    @BeforeEach
    void everythingWorks() throws Exception {
        gateway().serving(2);
        Load.Answers answers = Load.begin(to(), PACE, PATIENCE).lasts(Duration.ofSeconds(1)).end();
        assertThat(answers.outcomes()).containsOnlyKeys("ok");
    }

    @AfterAll
    void stop() throws Exception {
        for (OwnProcess node : nodes) {
            node.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        if (network != null) {
            network.close();
        }
    }

    private Network network() {
        return Objects.requireNonNull(network);
    }

    private OwnProcess gateway() {
        return Objects.requireNonNull(gateway);
    }

    private URI to() {
        return gateway().http("/v1/classify");
    }

    /** Something that befalls the network or a node. */
    private interface Fault {
        void happens() throws Exception;
    }

    private double attempts() throws Exception {
        return gateway().counter("dmst_gateway_attempts_total");
    }

    /** Requests that reached nodes, as they count them themselves. */
    private double arrived() throws Exception {
        double sum = 0;
        for (OwnProcess node : nodes) {
            sum += node.counter("dmst_requests_total", "operation=\"infer\"");
        }
        return sum;
    }

    private Load.Answers under(String name, Fault fault, Fault remedy) throws Exception {
        double attempts = attempts();
        double arrived = arrived();
        Load load = Load.begin(to(), PACE, DEADLINE).lasts(Duration.ofSeconds(1));
        fault.happens();
        load.lasts(FAULT);
        remedy.happens();
        long healed = System.nanoTime();
        Load.Answers answers = load.end();
        gateway().serving(2);
        double found = (System.nanoTime() - healed) / 1e9;
        double tried = (attempts() - attempts) / answers.each().size();
        double reached = (arrived() - arrived) / answers.each().size();
        System.out.printf(
                "faults: %s: %s, attempts %.3f, arrived %.3f, all found again after %.1f s%n",
                name, answers, tried, reached, found);
        assertThat(answers.latestMs()).isLessThanOrEqualTo(MARGIN_MS);
        assertThat(answers.outcomes().keySet())
                .isSubsetOf("ok", "DEADLINE_EXCEEDED", "UPSTREAM_UNAVAILABLE", "OVERLOADED");
        assertThat(tried).isLessThanOrEqualTo(1.2);
        assertThat(reached).isLessThanOrEqualTo(1.2);
        return answers;
    }

    private void both(Consumer<Cable> fault) {
        fault.accept(network().cable(0));
        fault.accept(network().cable(1));
    }

    @Test
    void slowLinesMakeAnswersSlowAndNothingElse() throws Exception {
        Load.Answers answers =
                under("200 ms", () -> both(cable -> cable.delay(200)), network()::mend);
        assertThat(answers.outcomes()).containsKey("ok").doesNotContainKey("UPSTREAM_UNAVAILABLE");
        assertThat(answers.msOf(0.5)).isGreaterThanOrEqualTo(400);
    }

    @Test
    void lossyLinesLoseNoRequest() throws Exception {
        Load.Answers answers = under("5 %", () -> both(cable -> cable.loss(0.05)), network()::mend);
        assertThat(network().cable(0).lost()).isPositive();
        assertThat(answers.outcomes()).containsKey("ok");
    }

    @Test
    void slowAndLossyLinesAtOnce() throws Exception {
        Load.Answers answers =
                under(
                        "200 ms and 5 %",
                        () -> both(cable -> cable.delay(200).loss(0.05)), network()::mend);
        assertThat(answers.outcomes()).containsKey("ok");
    }

    @Test
    void aNodeThatIsCutOffIsLeftAndFoundAgain() throws Exception {
        under("one node cut off", () -> network().cable(0).loss(1), network()::mend);
    }

    @Test
    void aNodeWhoseAnswersAreLostIsLeftAndFoundAgain() throws Exception {
        under("answers of one node lost", () -> network().cable(0).cutBack(), network()::mend);
    }

    @Test
    void withoutAnyNodeRequestsAreRefusedAndTheNodesFoundAgain() throws Exception {
        Load.Answers answers =
                under("both nodes cut off", () -> both(cable -> cable.loss(1)), network()::mend);
        assertThat(answers.outcomes()).containsKey("UPSTREAM_UNAVAILABLE");
    }

    @Test
    void aNodeThatHangsIsLeftAndFoundAgain() throws Exception {
        under("one node hangs", nodes.get(0)::hang, nodes.get(0)::goOn);
    }

    @Test
    void aNodeThatDiesIsLeftAndFoundAgain() throws Exception {
        Load.Answers answers =
                under(
                        "one node killed",
                        nodes.get(1)::kill,
                        () -> nodes.set(1, OwnProcess.start(network().node(1))));
        assertThat(answers.outcomes()).containsKey("ok").doesNotContainKey("UPSTREAM_UNAVAILABLE");
    }
}
