package io.dmst.bench;

import io.dmst.bench.Targets.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server that takes an image as the raw body of an HTTP/1.1 request. The client blocks a virtual
 * thread per request: it takes half of the processor time of the JDK's own, which matters where the
 * server shares the processors.
 */
final class HttpTarget implements Target {

    /** What an answer may take over its deadline before the client gives it up. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern STAGE = Pattern.compile("([\\w-]+)\\s*;\\s*dur=([\\d.]+)");

    private final CloseableHttpClient client;
    private final URI address;
    private final @Nullable String requestTimeout;

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
        this.client = client(timeout == null ? PATIENCE : timeout.plus(GRACE));
    }

    private static CloseableHttpClient client(Duration patience) {
        return HttpClients.custom()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create()
                                .setMaxConnTotal(Integer.MAX_VALUE)
                                .setMaxConnPerRoute(Integer.MAX_VALUE)
                                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                                .setDefaultConnectionConfig(
                                        ConnectionConfig.custom()
                                                .setConnectTimeout(
                                                        GRACE.toMillis(), TimeUnit.MILLISECONDS)
                                                .build())
                                .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom()
                                .setResponseTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                                .build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableContentCompression()
                .disableAuthCaching()
                .build();
    }

    @Override
    public Answer send(byte[] image) throws InterruptedException {
        HttpPost request = new HttpPost(address);
        request.setEntity(new ByteArrayEntity(image, ContentType.APPLICATION_OCTET_STREAM));
        if (requestTimeout != null) {
            request.setHeader("Request-Timeout", requestTimeout);
        }
        try {
            return client.execute(request, HttpTarget::answer);
        } catch (ConnectException | ConnectTimeoutException e) {
            return Answer.of("CONNECT");
        } catch (InterruptedIOException e) {
            return Answer.of("CLIENT_TIMEOUT");
        } catch (IOException e) {
            return Answer.of("TRANSPORT");
        }
    }

    private static Answer answer(ClassicHttpResponse response) throws IOException {
        byte[] body = EntityUtils.toByteArray(response.getEntity());
        boolean ok = response.getCode() / 100 == 2;
        Header batchSize = response.getFirstHeader("x-batch-size");
        Header timing = response.getFirstHeader("Server-Timing");
        return new Answer(
                ok ? OK : code(response.getCode(), body),
                response.containsHeader("Retry-After"),
                timing == null ? Map.of() : stages(timing.getValue()),
                batchSize == null ? 0 : Integer.parseInt(batchSize.getValue()));
    }

    /** Of the problem in the body, if it is one. */
    private static String code(int status, byte @Nullable [] body) {
        try {
            String code =
                    JsonMapper.shared()
                            .readTree(body == null ? new byte[0] : body)
                            .path("code")
                            .asString("");
            if (code.matches("[A-Z_]{1,40}")) {
                return code;
            }
        } catch (JacksonException e) {
            return "HTTP_" + status;
        }
        return "HTTP_" + status;
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
        client.close(CloseMode.IMMEDIATE);
    }
}
