package org.reservoir.access;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.kernel.Name;
import org.reservoir.kernel.UserId;

/**
 * A key to a user's account, by its name among the user's tokens. What opens is the secret, which the site does not keep.
 *
 * @param expires when it stops opening; empty for never
 */
public record Token(UserId user, String name, Instant created, Optional<Instant> expires) {
    public Token {
        Name.of("token", name);
    }

    boolean opensAt(Instant now) {
        return expires.isEmpty() || now.isBefore(expires.get());
    }

    /** A token just made, with its secret, which is shown this once. */
    public record Issued(Token token, String secret) {}
}
