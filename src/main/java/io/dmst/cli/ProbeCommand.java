package io.dmst.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a running service to classify a small picture, until it does. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = {
            "Sends a small picture to a running service until it is classified.",
            "Exits with 1 if it is not within the time.",
            "",
            "Example: dmst probe http://localhost:8080"
        })
final class ProbeCommand implements Callable<Integer> {

    private static final byte[] PICTURE =
            Base64.getDecoder()
                    .decode(
                            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
                                    + "awAAAABJRU5ErkJggg==");
    private static final Duration PAUSE = Duration.ofMillis(500);

    @Parameters(paramLabel = "URL", description = "Of the service, such as http://HOST:PORT.")
    private URI service = URI.create("http://localhost:8080");

    @Option(names = "--seconds", paramLabel = "N", description = "Time to try (10).")
    private int seconds = 10;

    @Override
    public Integer call() throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(service.resolve("/v1/classify"))
                        .header("Content-Type", "image/png")
                        .timeout(Duration.ofSeconds(5))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(PICTURE))
                        .build();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        String last = "no answer";
        try (HttpClient client = HttpClient.newHttpClient()) {
            do {
                try {
                    HttpResponse<String> response =
                            client.send(request, HttpResponse.BodyHandlers.ofString());
                    if (response.statusCode() == 200) {
                        System.out.println(response.body());
                        return 0;
                    }
                    last = response.body();
                } catch (IOException e) {
                    last = e.toString();
                }
                Thread.sleep(PAUSE);
            } while (System.nanoTime() - end < 0);
        }
        System.err.println("dmst: not classified within " + seconds + " s: " + last);
        return 1;
    }
}
