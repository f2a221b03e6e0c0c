package org.reservoir.gateways.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** What a route answers; how it goes over the wire is the {@link RequestHandler}'s. */
sealed interface Answer {
    Answer NOTHING = new Empty(204);
    /** Headers of what nobody may keep. */
    Map<String, String> TOLD_ONCE = Map.of("Cache-Control", "no-store");

    /** @param status 0 for the route's own */
    record Json(int status, Object value, Map<String, String> headers) implements Answer {}

    record Empty(int status) implements Answer {}

    record Bytes(String mediaType, byte[] content) implements Answer {}

    /** Goes on until {@code body} returns. @param enter called before it begins; may refuse */
    record Stream(String mediaType, Body body, Runnable enter) implements Answer {}

    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    static Answer of(Object value) {
        return new Json(0, value, Map.of());
    }

    /** With a secret that is shown this once. */
    static Answer toldOnce(Object value) {
        return new Json(0, value, TOLD_ONCE);
    }

    static Answer created(Object value, String location) {
        return new Json(0, value, Map.of("Location", location));
    }
}
