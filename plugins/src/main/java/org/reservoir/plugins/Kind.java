package org.reservoir.plugins;

import java.util.Set;
import java.util.function.Consumer;

/**
 * A sort of thing that jars may provide: an interface that they implement and name in {@code META-INF/services/INTERFACE}.
 *
 * @param type     the interface
 * @param packages whose public classes plug-ins of this kind may use, or single classes with those inside them; pure ones, for a plug-in can do whatever they can
 * @param trial    tries a new one before it is in force, on examples whose answers are known; throws {@link Unfit} when it is not
 */
public record Kind<T>(Class<T> type, Set<String> packages, Consumer<T> trial) {

    /** A kind that needs the package of its interface alone, and is not tried. */
    public static <T> Kind<T> of(Class<T> type) {
        return new Kind<>(type, Set.of(type.getPackageName()), _ -> { });
    }

    public Kind<T> using(String... packages) {
        return new Kind<>(type, Set.of(packages), trial);
    }

    public Kind<T> tried(Consumer<T> by) {
        return new Kind<>(type, packages, by);
    }

    String service() {
        return "META-INF/services/" + type.getName();
    }
}
