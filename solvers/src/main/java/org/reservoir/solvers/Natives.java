package org.reservoir.solvers;

import com.google.ortools.Loader;
import java.util.Optional;

/** OR-Tools' native code: 71 MB that are unpacked and loaded once, when first asked, which takes a second or two. */
final class Natives {
    private static Optional<String> failure;

    private Natives() {}

    /** Why there is none; empty when it is loaded. */
    static synchronized Optional<String> missing() {
        if (failure == null) {
            failure = load();
        }
        return failure;
    }

    static void require() {
        missing().ifPresent(why -> {
            throw new IllegalStateException(why + " Ask declines() first.");
        });
    }

    private static Optional<String> load() {
        try {
            Loader.loadNativeLibraries();
            return Optional.empty();
        } catch (RuntimeException | LinkageError why) {
            return Optional.of("OR-Tools' native code is not there for this machine: %s".formatted(why.getMessage()));
        }
    }
}
