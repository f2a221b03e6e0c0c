package org.reservoir.kernel;

import java.util.regex.Pattern;

/** The rule for names that people give to things: hosts, VEEs, images, networks, services, users. */
public final class Name {
    /** Letters, digits, dot, dash and underscore; begins with a letter or digit; 1 to 63 characters. */
    public static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private Name() {}

    /** Gives {@code name} back. @throws Refused {@code BAD_NAME} when it does not have the {@link #SHAPE} */
    public static String of(String what, String name) {
        if (name == null || !SHAPE.matcher(name).matches()) {
            throw Refused.invalid("BAD_NAME", "'%s' is no name for a %s.".formatted(name, what),
                    "Use 1 to 63 letters, digits, '.', '-' or '_', beginning with a letter or digit.");
        }
        return name;
    }
}
