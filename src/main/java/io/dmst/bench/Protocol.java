package io.dmst.bench;

import java.util.Locale;

/** What a server of ours speaks. */
public enum Protocol {
    /** Raw bytes of an encoded image by HTTP. */
    REST("http", ""),
    /** {@code dmst.v1.VisionService}. */
    GRPC("grpc", ""),
    /** The Open Inference Protocol by HTTP, an encoded image. */
    OIP_HTTP("oip+http", ""),
    /** The same, the model's own input. */
    OIP_HTTP_PIXELS("oip+http", "?input=pixels"),
    /** The Open Inference Protocol by gRPC, an encoded image. */
    OIP_GRPC("oip+grpc", ""),
    /** The same, the model's own input. */
    OIP_GRPC_PIXELS("oip+grpc", "?input=pixels");

    private final String scheme;
    private final String query;

    Protocol(String scheme, String query) {
        this.scheme = scheme;
        this.query = query;
    }

    String scheme() {
        return scheme;
    }

    String query() {
        return query;
    }

    boolean overGrpc() {
        return scheme.endsWith("grpc");
    }

    /** Its name in reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
