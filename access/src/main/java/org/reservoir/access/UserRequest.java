package org.reservoir.access;

import java.util.Optional;
import java.util.Set;

/**
 * A user to make, or how one is to be from now on. What is left out stays as it is; for a new user it is: group {@code users}, no
 * other groups, no administrator, enabled.
 *
 * @param group  name of the group that what it makes belongs to
 * @param groups names of all its groups
 */
public record UserRequest(Optional<String> name, Optional<String> group, Optional<Set<String>> groups, Optional<Boolean> administrator,
                          Optional<Boolean> enabled) {
    public static UserRequest named(String name) {
        return new UserRequest(Optional.of(name), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public UserRequest administering() {
        return new UserRequest(name, group, groups, Optional.of(true), enabled);
    }

    public UserRequest enabled(boolean wanted) {
        return new UserRequest(name, group, groups, administrator, Optional.of(wanted));
    }
}
