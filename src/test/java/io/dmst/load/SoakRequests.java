package io.dmst.load;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * The kinds of requests of a soak by HTTP. The first answer is what each answer to the good image
 * must equal, to the last digit. Safe for use by several threads.
 */
final class SoakRequests {

    private static final String CLASSIFY = "/v1/classify";
    private static final String TIMEOUT = "30";
    private static final int SOCKET_MILLIS = 60_000;
    private static final int PIECES = 8;
    private static final Duration BETWEEN_PIECES = Duration.ofMillis(100);

    private final LoadClient client;
    private final ServiceProcess service;
    private final byte[] good;
    private final byte[] large;
    private final String expected;

    SoakRequests(LoadClient client, ServiceProcess service, byte[] good)
            throws IOException, InterruptedException {
        this.client = client;
        this.service = service;
        this.good = good;
        this.large = large();
        this.expected = send("first", CLASSIFY, good, TIMEOUT).results();
    }

    /** One of each kind, by name. */
    Map<String, SoakKind> kinds() {
        return Map.of(
                "http good",
                this::good,
                "http explain",
                id -> check(id, "/v1/explain?layers=last", good, Set.of("OK")),
                "http large image",
                id -> check(id, CLASSIFY, large, Set.of("OK")),
                "http bad image",
                id -> check(id, CLASSIFY, half(), Set.of("INVALID_IMAGE")),
                "http bad parameter",
                id -> check(id, CLASSIFY + "?top_k=none", good, Set.of("INVALID_ARGUMENT")),
                "http short deadline",
                this::shortDeadline,
                "http slow upload",
                this::slow,
                "http cancelled",
                this::cancelled);
    }

    private static byte[] large() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(2000, 1500, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }

    private byte[] half() {
        return Arrays.copyOf(good, good.length / 2);
    }

    private Reply send(String id, String path, byte[] body, String timeout)
            throws InterruptedException {
        return client.send(
                LoadClient.post(
                        service.http(path), body, "X-Request-Id", id, "Request-Timeout", timeout));
    }

    private String check(String id, String path, byte[] body, Set<String> codes)
            throws InterruptedException {
        return complaint(send(id, path, body, TIMEOUT), id, codes);
    }

    private static String complaint(Reply reply, String id, Set<String> codes) {
        if (!codes.contains(reply.code()) && !reply.refused()) {
            return reply.toString();
        }
        return reply.requestId().equals(id) ? "" : "the response to " + reply.requestId();
    }

    private String good(String id) throws InterruptedException {
        Reply reply = send(id, CLASSIFY, good, TIMEOUT);
        return reply.ok() && !reply.results().equals(expected)
                ? "another result: " + reply.body()
                : complaint(reply, id, Set.of("OK"));
    }

    private String shortDeadline(String id) throws InterruptedException {
        return complaint(send(id, CLASSIFY, good, "0.002"), id, Set.of("OK"));
    }

    private Socket connect(String id) throws IOException {
        URI address = service.http(CLASSIFY);
        Socket socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout(SOCKET_MILLIS);
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: %s\r\nContent-Length: %d\r\n"
                                .formatted(address.getPath(), id, good.length)
                        + "Connection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private String slow(String id) throws IOException, InterruptedException {
        try (Socket socket = connect(id)) {
            OutputStream out = socket.getOutputStream();
            int piece = good.length / PIECES + 1;
            for (int from = 0; from < good.length; from += piece) {
                out.write(good, from, Math.min(piece, good.length - from));
                out.flush();
                Thread.sleep(BETWEEN_PIECES);
            }
            String response =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean documented =
                    response.startsWith("HTTP/1.1 200") || response.startsWith("HTTP/1.1 429");
            return documented && response.contains(id) ? "" : "response: " + response;
        }
    }

    private String cancelled(String id) throws IOException, InterruptedException {
        try (Socket socket = connect(id)) {
            socket.getOutputStream().write(good);
            Thread.sleep(2);
            return "";
        }
    }
}
