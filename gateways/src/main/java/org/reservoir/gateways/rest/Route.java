package org.reservoir.gateways.rest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One thing that can be asked over HTTP: how it is recognised, who may ask, what goes in and out, and what answers it.
 *
 * @param id        unique, such as {@code vee.create}: OpenAPI's operationId and the label of its metrics
 * @param path      segments in braces are parameters
 * @param status    of a success
 * @param bodyLimit bytes of a body at most
 */
record Route(String method, String path, String id, String summary, Who who, List<Query> queries, Shape body, Shape answer, int status,
             long bodyLimit, Handler handler) {
    static final long JSON_LIMIT = 1 << 20;

    enum Who {
        /** With a user's token. */ CALLER,
        /** With a VEE's own secret. */ GUEST,
        /** No proof needed. */ ANYONE
    }

    /** @param values what it may be; empty for any text */
    record Query(String name, String description, Class<?> type, Optional<List<String>> values) {}

    @FunctionalInterface
    interface Handler {
        Answer handle(Exchange exchange) throws IOException;
    }

    static Route get(String path, String id, String summary, Handler handler) {
        return route("GET", path, id, summary, 200, handler);
    }

    /** Makes something: 201. */
    static Route create(String path, String id, String summary, Handler handler) {
        return route("POST", path, id, summary, 201, handler);
    }

    /** Notes a wish that is fulfilled later: 202. */
    static Route act(String path, String id, String summary, Handler handler) {
        return route("POST", path, id, summary, 202, handler);
    }

    /** Asks with a body, or changes at once: 200. */
    static Route post(String path, String id, String summary, Handler handler) {
        return route("POST", path, id, summary, 200, handler);
    }

    static Route put(String path, String id, String summary, Handler handler) {
        return route("PUT", path, id, summary, 200, handler);
    }

    static Route patch(String path, String id, String summary, Handler handler) {
        return route("PATCH", path, id, summary, 200, handler);
    }

    /** Takes something away: 204 without a body, unless it says what it answers. */
    static Route delete(String path, String id, String summary, Handler handler) {
        return route("DELETE", path, id, summary, 204, handler);
    }

    private static Route route(String method, String path, String id, String summary, int status, Handler handler) {
        return new Route(method, path, id, summary, Who.CALLER, List.of(), Shape.NONE, Shape.NONE, status, JSON_LIMIT, handler);
    }

    Route takes(Shape shape) {
        return new Route(method, path, id, summary, who, queries, shape, answer, status, bodyLimit, handler);
    }

    Route takes(Class<?> type) {
        return takes(Shape.of(type));
    }

    Route answers(Shape shape) {
        var code = status == 204 && !shape.equals(Shape.NONE) ? 202 : status;
        return new Route(method, path, id, summary, who, queries, body, shape, code, bodyLimit, handler);
    }

    Route answers(Class<?> type) {
        return answers(Shape.of(type));
    }

    Route status(int other) {
        return new Route(method, path, id, summary, who, queries, body, answer, other, bodyLimit, handler);
    }

    Route by(Who other) {
        return new Route(method, path, id, summary, other, queries, body, answer, status, bodyLimit, handler);
    }

    Route upTo(long bytes) {
        return new Route(method, path, id, summary, who, queries, body, answer, status, bytes, handler);
    }

    Route query(String name, String description) {
        return query(new Query(name, description, String.class, Optional.empty()));
    }

    Route query(String name, String description, Class<?> type) {
        return query(new Query(name, description, type, Optional.empty()));
    }

    Route query(String name, String description, List<String> values) {
        return query(new Query(name, description, String.class, Optional.of(values)));
    }

    /** With {@code limit} and {@code after}, answering pages of {@code item}. */
    Route pages(Class<?> item) {
        return paged().answers(new Shape.Paged(item));
    }

    Route paged() {
        return query("limit", "How many at most, 1 to 10000; 100 when left out.", Integer.class)
                .query("after", "What the page before gave as 'next'.");
    }

    private Route query(Query query) {
        var more = new ArrayList<>(queries);
        more.add(query);
        return new Route(method, path, id, summary, who, List.copyOf(more), body, answer, status, bodyLimit, handler);
    }

    boolean takesJson() {
        return !(body instanceof Shape.Nothing || body instanceof Shape.Raw);
    }

    boolean creates() {
        return method.equals("POST") && status == 201;
    }
}
