package org.reservoir.gateways.rest;

import java.util.List;

/** What a body looks like: what a route says about itself, from which its JSON Schema is made. */
sealed interface Shape {
    Shape NONE = new Nothing();

    record Nothing() implements Shape {}

    record One(Class<?> type) implements Shape {}

    /** A JSON array. */
    record Many(Class<?> item) implements Shape {}

    /** {@code {"items": […], "next": …}}. */
    record Paged(Class<?> item) implements Shape {}

    record Either(List<Shape> shapes) implements Shape {}

    /** Not JSON. */
    record Raw(String mediaType) implements Shape {}

    static Shape of(Class<?> type) {
        return new One(type);
    }

    static Shape either(Shape... shapes) {
        return new Either(List.of(shapes));
    }
}
