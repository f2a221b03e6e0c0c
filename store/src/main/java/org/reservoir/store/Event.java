package org.reservoir.store;

/** Something that has happened, told to whoever listens: {@code topic} says who cares, {@code subject} whose it is, {@code body} is JSON. */
public record Event(String topic, String subject, String type, String body) {}
