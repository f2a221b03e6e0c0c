package org.reservoir.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

/**
 * Two classes whose constants need each other fail when the wrong one of them is the first that is asked for something, and both are lost to the process from then on. Which one is first depends on what a site is
 * asked first, so each class begins here once, with all others not yet begun.
 */
class FirstTouchTest {
    @Test
    void anyClassMayBeTheFirst() throws IOException, ReflectiveOperationException {
        var location = State.class.getProtectionDomain().getCodeSource().getLocation();
        var failed = new ArrayList<String>();
        var names = names(Path.of(URI.create(location.toString())));
        for (var name : names) {
            try (var alone = new Alone(location)) {
                Class.forName(name, true, alone);
            } catch (LinkageError error) {
                failed.add("%s: %s".formatted(name, error.getCause()));
            }
        }
        assertThat(names).hasSizeGreaterThan(200);
        assertThat(failed).isEmpty();
    }

    private static List<String> names(Path classes) throws IOException {
        try (var files = Files.walk(classes)) {
            return files.map(classes::relativize).map(Path::toString).filter(file -> file.endsWith(".class") && !file.contains("-info"))
                    .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.')).sorted().toList();
        }
    }

    /** This module's classes anew; all others are those that are there. */
    private static final class Alone extends URLClassLoader {
        Alone(URL classes) {
            super(new URL[] {classes}, State.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                var known = findLoadedClass(name);
                return known != null ? known : name.startsWith(State.class.getPackageName() + ".") ? findClass(name) : super.loadClass(name, resolve);
            }
        }
    }
}
