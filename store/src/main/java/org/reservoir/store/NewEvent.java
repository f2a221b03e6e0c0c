package org.reservoir.store;

import java.util.Objects;

/**
 * Something that happened, to be told with the transaction that makes it true.
 *
 * @param topic   the stream, such as {@code vee}; readers choose by it
 * @param subject whom it is about
 * @param type    what happened
 * @param body    a JSON text
 */
public record NewEvent(String topic, String subject, String type, String body) {
    public NewEvent {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(body, "body");
    }
}
