package org.reservoir.store;

import java.util.Optional;

/** How to reach the site database. @param url {@code jdbc:postgresql://…} @param connections in the pool */
public record DatabaseSettings(String url, String user, Optional<String> password, int connections) {
    @Override
    public String toString() {
        return "DatabaseSettings[%s as %s]".formatted(url, user);
    }
}
