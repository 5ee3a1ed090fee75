package io.dmst.bench;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A server that takes an image as the raw body of an HTTP/1.1 request. */
final class HttpTarget implements Target {

    /** What an answer may take over its deadline before the client gives it up. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern STAGE = Pattern.compile("([\\w-]+)\\s*;\\s*dur=([\\d.]+)");

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(GRACE)
                    .executor(threads)
                    .build();

    private final URI address;
    private final @Nullable String requestTimeout;
    private final Duration patience;

    HttpTarget(URI address, Operation operation, @Nullable Duration timeout) {
        String path = address.getPath();
        this.address =
                path == null || path.isEmpty() || path.equals("/")
                        ? address.resolve("/v1/" + operation.name().toLowerCase(Locale.ROOT))
                        : address;
        this.requestTimeout =
                timeout == null
                        ? null
                        : String.format(Locale.ROOT, "%.6f", timeout.toNanos() / 1e9);
        this.patience = timeout == null ? PATIENCE : timeout.plus(GRACE);
    }

    @Override
    public Answer send(byte[] image) throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address)
                        .timeout(patience)
                        .header("Content-Type", "application/octet-stream")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(image));
        if (requestTimeout != null) {
            request.header("Request-Timeout", requestTimeout);
        }
        try {
            return answer(client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return Answer.of("CONNECT");
        } catch (HttpTimeoutException e) {
            return Answer.of("CLIENT_TIMEOUT");
        } catch (IOException e) {
            return Answer.of("TRANSPORT");
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        HttpHeaders headers = response.headers();
        boolean ok = response.statusCode() / 100 == 2;
        return new Answer(
                ok ? OK : code(response),
                headers.firstValue("Retry-After").isPresent(),
                stages(headers.firstValue("Server-Timing").orElse("")),
                (int) headers.firstValueAsLong("x-batch-size").orElse(0));
    }

    /** Of the problem in the body, if it is one. */
    private static String code(HttpResponse<byte[]> response) {
        try {
            String code = JsonMapper.shared().readTree(response.body()).path("code").asString("");
            if (code.matches("[A-Z_]{1,40}")) {
                return code;
            }
        } catch (JacksonException e) {
            return "HTTP_" + response.statusCode();
        }
        return "HTTP_" + response.statusCode();
    }

    private static Map<String, Double> stages(String serverTiming) {
        Map<String, Double> stages = new HashMap<>();
        Matcher stage = STAGE.matcher(serverTiming);
        while (stage.find()) {
            stages.put(stage.group(1), Double.parseDouble(stage.group(2)));
        }
        return stages;
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
        threads.close();
    }
}
