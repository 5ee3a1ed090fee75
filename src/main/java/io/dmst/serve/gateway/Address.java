package io.dmst.serve.gateway;

/**
 * Where a node listens.
 *
 * @param host name or numbers to connect to
 * @param port of gRPC
 * @param authority the name that its certificate must have
 */
record Address(String host, int port, String authority) {

    /**
     * Reads {@code host:port}, the host in brackets where it has colons itself.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException(
                    "a node of dmst.gateway.nodes must be host:port, dns:///host:port or"
                            + " file:///path, not "
                            + text);
        }
        String host = text.substring(0, colon);
        return new Address(host, Integer.parseInt(text.substring(colon + 1)), host);
    }

    /** The same port of another host, which the name stands for. */
    Address at(String other) {
        return new Address(other, port, authority);
    }

    String text() {
        return host + ":" + port;
    }
}
