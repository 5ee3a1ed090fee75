package io.dmst.bench;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

/** How an image becomes a request's body. Safe for use by several threads. */
@FunctionalInterface
interface Encoding {

    /**
     * A request without its address.
     *
     * @param body all of it
     * @param headers that belong to it
     */
    @SuppressWarnings("ArrayRecordComponent") // sent and never compared
    record Message(byte[] body, Map<String, String> headers) {

        public Message {
            headers = Map.copyOf(headers);
        }

        /** A body alone. */
        static Message of(byte[] body) {
            return new Message(body, Map.of());
        }
    }

    /**
     * The request that asks for an image.
     *
     * @param image encoded
     */
    Message of(byte[] image);

    /**
     * The same, made once for each image: the few images of a measurement are sent over and over,
     * and what making their requests takes is no part of it.
     */
    default Encoding once() {
        Map<byte[], Message> made = Collections.synchronizedMap(new IdentityHashMap<>());
        return image -> made.computeIfAbsent(image, this::of);
    }
}
