package org.reservoir.veem.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How hosts that sleep are woken.
 *
 * @param program of the site's administrator, for every host; empty for what each host's driver knows
 * @param patience in which a host must have come
 */
public record Waking(Optional<Program> program, Duration patience) {
    public static final Waking USUAL = new Waking(Optional.empty(), Duration.ofMinutes(5));

    /** Wakes a host by other means than its driver's. */
    @FunctionalInterface
    public interface Program {
        /** Whether it believes to have done so; that the host is awake is seen by its answers. */
        boolean wake(String host, String uri);
    }

    /** Called as {@code program HOST URI}: it switches the host on by its own means (IPMI, a management card) and exits with 0 when it could. */
    public static Program by(Path program, Duration patience) {
        return (host, uri) -> HostProgram.succeeds(program, patience, host, uri);
    }
}
