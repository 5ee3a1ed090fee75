package io.dmst.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An open load of three times the saturation: each request is answered, in time or refused. */
@Tag("load")
class OverloadTests {

    private static final int USERS = 32;
    private static final double TIMES = 3;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration TURN = Duration.ofSeconds(10);

    /**
     * What the client has measured, latencies in milliseconds.
     *
     * @param saturationPerSecond answers to the closed loop
     * @param offeredPerSecond requests of the open load
     * @param okPerSecond of them that were answered with a prediction
     * @param saturated answers to the closed loop
     * @param ok answers with a prediction to the open load
     * @param overloaded refusals with status 429
     * @param late refusals with status 504
     */
    record Result(
            double saturationPerSecond,
            double offeredPerSecond,
            double okPerSecond,
            Latencies saturated,
            Latencies ok,
            Latencies overloaded,
            Latencies late) {

        String table() {
            return String.format(
                    Locale.ROOT,
                    "saturation %.1f/s; offered %.1f/s, of which %.1f/s are answered%n"
                            + "%-14s %8s %9s %9s %9s%n%-14s %s%n%-14s %s%n%-14s %s%n%-14s %s",
                    saturationPerSecond,
                    offeredPerSecond,
                    okPerSecond,
                    "ms",
                    "count",
                    "p50",
                    "p99",
                    "max",
                    "saturated",
                    saturated,
                    "200",
                    ok,
                    "429",
                    overloaded,
                    "504",
                    late);
        }
    }

    @Test
    void everyRequestOfAnOverloadIsAnswered() throws Exception {
        try (ServiceProcess service = ServiceProcess.start();
                LoadClient client = new LoadClient()) {
            byte[] image = LoadFiles.image("rocket.jpg");
            HttpRequest patient = LoadClient.post(service.http("/v1/classify"), image);
            HttpRequest hurried =
                    LoadClient.post(service.http("/v1/classify"), image, "Request-Timeout", "1");
            assertAnswered(client.closed(patient, USERS, WARM_UP));
            List<Reply> saturated = client.closed(patient, USERS, TURN);
            double saturation = perSecond(saturated.stream().filter(Reply::ok).count());
            List<Reply> overload = client.open(hurried, TIMES * saturation, TURN);

            Result result =
                    new Result(
                            saturation,
                            perSecond(overload.size()),
                            perSecond(overload.stream().filter(Reply::ok).count()),
                            Latencies.of(saturated),
                            of(overload, "OK"),
                            of(overload, "OVERLOADED"),
                            of(overload, "DEADLINE_EXCEEDED"));
            System.out.println(result.table());
            LoadFiles.write("overload.json", result);
            assertAnswered(saturated);
            assertAnswered(overload);
        }
    }

    private static double perSecond(long count) {
        return (double) count / TURN.toSeconds();
    }

    private static Latencies of(List<Reply> replies, String code) {
        return Latencies.of(replies.stream().filter(reply -> reply.code().equals(code)).toList());
    }

    private static void assertAnswered(List<Reply> replies) {
        assertThat(replies).isNotEmpty();
        assertThat(replies.stream().filter(reply -> !reply.ok() && !reply.refused())).isEmpty();
    }
}
