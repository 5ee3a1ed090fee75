package io.dmst.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
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
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.Timeout;
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

    /**
     * That are open at a time. A client without a bound opens thousands after a stall of the
     * server, and with them it left the server on the same machine no time to recover.
     */
    private static final int CONNECTIONS = 512;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final CloseableHttpClient client = client();
    private final Patience patience;
    private final URI address;
    private final Encoding encoding;
    private final @Nullable String requestTimeout;

    /**
     * @param address that requests are posted to
     * @param encoding of their bodies
     */
    HttpTarget(URI address, Encoding encoding, @Nullable Duration timeout) {
        this(address, encoding, timeout, timeout == null ? PATIENCE : timeout.plus(GRACE));
    }

    /**
     * @param patience after which an answer is given up
     */
    HttpTarget(URI address, Encoding encoding, @Nullable Duration timeout, Duration patience) {
        this.address = address;
        this.encoding = encoding;
        this.requestTimeout =
                timeout == null
                        ? null
                        : String.format(Locale.ROOT, "%.6f", timeout.toNanos() / 1e9);
        this.patience = new Patience(patience);
    }

    private static CloseableHttpClient client() {
        return HttpClients.custom()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create()
                                .setMaxConnTotal(CONNECTIONS)
                                .setMaxConnPerRoute(CONNECTIONS)
                                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                                .setDefaultConnectionConfig(
                                        ConnectionConfig.custom()
                                                .setConnectTimeout(
                                                        GRACE.toMillis(), TimeUnit.MILLISECONDS)
                                                .setSocketTimeout(Timeout.DISABLED)
                                                .build())
                                .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(Timeout.DISABLED).build())
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
        Encoding.Message message = encoding.of(image);
        request.setEntity(
                new ByteArrayEntity(message.body(), ContentType.APPLICATION_OCTET_STREAM));
        message.headers().forEach(request::setHeader);
        if (requestTimeout != null) {
            request.setHeader("Request-Timeout", requestTimeout);
        }
        Patience.Wait wait = patience.begin(request::abort);
        try (wait) {
            return client.execute(request, HttpTarget::answer);
        } catch (ConnectException | ConnectTimeoutException e) {
            return Answer.of("CONNECT");
        } catch (InterruptedIOException e) {
            return Answer.of("CLIENT_TIMEOUT");
        } catch (IOException e) {
            return Answer.of(wait.givenUp() ? "CLIENT_TIMEOUT" : "TRANSPORT");
        }
    }

    @Override
    public int atATime() {
        return CONNECTIONS;
    }

    private static Answer answer(ClassicHttpResponse response) throws IOException {
        byte[] body = body(response.getEntity());
        boolean ok = response.getCode() / 100 == 2;
        return new Answer(
                ok ? OK : code(response.getCode(), body),
                response.containsHeader("Retry-After"),
                ServerTiming.stages(header(response, ServerTiming.STAGES)),
                ServerTiming.batchSize(header(response, ServerTiming.BATCH_SIZE)));
    }

    private static byte[] body(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        long length = entity.getContentLength();
        if (length < 0 || length > Integer.MAX_VALUE) {
            return EntityUtils.toByteArray(entity);
        }
        // without buffers besides, which were a quarter of what a request left to the collector
        try (InputStream content = entity.getContent()) {
            return content.readNBytes((int) length);
        }
    }

    private static @Nullable String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** Of the problem in the body, if it is one; else of those statuses that have one meaning. */
    private static String code(int status, byte[] body) {
        try {
            String code = JsonMapper.shared().readTree(body).path("code").asString("");
            if (code.matches("[A-Z_]{1,40}")) {
                return code;
            }
        } catch (JacksonException e) {
            return byStatus(status);
        }
        return byStatus(status);
    }

    private static String byStatus(int status) {
        return switch (status) {
            case 429 -> OVERLOADED;
            case 503 -> "NOT_READY";
            case 504 -> "DEADLINE_EXCEEDED";
            default -> "HTTP_" + status;
        };
    }

    @Override
    public void close() {
        patience.close();
        client.close(CloseMode.IMMEDIATE);
    }
}
