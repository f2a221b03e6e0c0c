package org.reservoir.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.reservoir.kernel.Refused;

/**
 * The system user under which PostgreSQL runs. PostgreSQL refuses to run as root, so a site that runs as root lends it an
 * unprivileged user; any other site runs it as itself.
 *
 * @param name  the user's name, as in the password file
 * @param other whether that is somebody else than the site's own user
 */
record ServiceUser(String name, String group, boolean other) {

    static ServiceUser forThisProcess() {
        if (!isRoot()) {
            return new ServiceUser(System.getProperty("user.name"), "", false);
        }
        return passwordFile()
                .filter(fields -> List.of("postgres", "nobody").contains(fields.get(0)))
                .sorted((one, two) -> two.get(0).compareTo(one.get(0)))
                .map(fields -> new ServiceUser(fields.get(0), fields.get(3), true))
                .findFirst()
                .orElseThrow(() -> Refused.unavailable("DATABASE_USER_MISSING", "PostgreSQL cannot run as root, and there is neither a user postgres nor nobody",
                        "start the site as an ordinary user, or: adduser --system postgres"));
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<List<String>> passwordFile() {
        try {
            return Files.readAllLines(Path.of("/etc/passwd")).stream().map(line -> List.of(line.split(":", -1))).filter(fields -> fields.size() >= 7);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command that runs {@code command} as this user, in a session of its own: a Ctrl-C meant for the site does not reach it. */
    List<String> command(boolean ownSession, List<String> command) {
        var words = new ArrayList<String>();
        if (ownSession) {
            words.add("setsid");
        }
        if (other) {
            words.addAll(List.of("setpriv", "--reuid=" + name, "--regid=" + group, "--init-groups", "--"));
        }
        words.addAll(command);
        return words;
    }

    /** Makes the directory with its parents when missing, for this user alone. */
    void ownDirectory(Path directory) throws IOException {
        Files.createDirectories(directory);
        own(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    void own(Path file) throws IOException {
        if (other) {
            Files.setOwner(file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name));
        }
    }

    /** Refuses when this user cannot walk down to the directory, which PostgreSQL itself would only say obscurely. */
    void mustReach(Path directory) {
        if (!other) {
            return;
        }
        try {
            int exit = new ProcessBuilder(command(false, List.of("test", "-x", directory.toString()))).start().waitFor();
            if (exit != 0) {
                throw Refused.invalid("DATABASE_DIRECTORY_UNREACHABLE", "user %s, under which PostgreSQL runs, cannot enter %s".formatted(name, directory),
                        "give the directories above it execute permission for others (chmod o+x), or choose another directory");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("setpriv (package util-linux) is needed to run PostgreSQL as " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("DATABASE_UNAVAILABLE", "interrupted while starting PostgreSQL", "");
        }
    }

    Map<String, String> environment(Path home) {
        return Map.of("PATH", "/usr/bin:/bin", "HOME", home.toString(), "LC_ALL", "C", "TZ", "UTC");
    }
}
