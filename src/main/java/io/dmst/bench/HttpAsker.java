package io.dmst.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;

/** Asks by HTTP/1.1 and never sends a request a second time by itself. */
final class HttpAsker implements Asker {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Sends an image; throws where no answer comes. */
    private interface Sender extends AutoCloseable {

        Reply send(String address, byte[] image) throws IOException, InterruptedException;

        @Override
        void close();
    }

    private record Reply(int status, String body) {}

    private final Sender sender;

    private HttpAsker(Sender sender) {
        this.sender = sender;
    }

    /** With the client of the JDK. */
    static HttpAsker ofJdk() {
        return new HttpAsker(new Jdk());
    }

    /** With Apache's client. */
    static HttpAsker ofApache() {
        return new HttpAsker(new Apache());
    }

    @Override
    public Ended ask(ChildServer server, byte[] image) throws InterruptedException {
        try {
            Reply reply = sender.send(server.address() + "/v1/classify", image);
            if (reply.status() == 503 && reply.body().contains("\"NOT_READY\"")) {
                return new Ended(End.REFUSED, "");
            }
            return reply.status() == 200 || reply.status() == 429
                    ? new Ended(End.ANSWERED, "")
                    : new Ended(End.BROKEN, "status " + reply.status() + " " + reply.body());
        } catch (ConnectException e) {
            return new Ended(End.UNREACHED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Ended(End.BROKEN, e.toString());
        }
    }

    @Override
    public void close() {
        sender.close();
    }

    private static final class Jdk implements Sender {

        private final HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(PATIENCE)
                        .build();

        @Override
        public Reply send(String address, byte[] image) throws IOException, InterruptedException {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(java.net.URI.create(address))
                                    .timeout(PATIENCE)
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(image))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body());
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }

    private static final class Apache implements Sender {

        private final CloseableHttpClient client =
                HttpClients.custom()
                        .setDefaultRequestConfig(
                                RequestConfig.custom()
                                        .setResponseTimeout(
                                                PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                                        .build())
                        .disableAutomaticRetries()
                        .build();

        @Override
        public Reply send(String address, byte[] image) throws IOException {
            HttpPost request = new HttpPost(address);
            request.setEntity(new ByteArrayEntity(image, ContentType.APPLICATION_OCTET_STREAM));
            return client.execute(
                    request,
                    response ->
                            new Reply(
                                    response.getCode(),
                                    String.valueOf(EntityUtils.toString(response.getEntity()))));
        }

        @Override
        public void close() {
            client.close(CloseMode.IMMEDIATE);
        }
    }
}
