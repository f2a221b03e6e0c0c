package org.reservoir.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Where the site database is: a PostgreSQL that the site runs itself, or one that somebody else runs. */
public sealed interface DatabaseSettings {

    /** Most connections used for writing at the same time; as many again, at most, serve reads. */
    int connections();

    /** How long a caller waits for a database that is away or busy before being refused. */
    Duration patience();

    /**
     * A PostgreSQL run by the site as a child process.
     *
     * @param directory belongs to this database alone: the cluster, its socket, its log; made when missing
     * @param cache     where PostgreSQL's programs are unpacked when the machine has none
     * @param programs  the directory of {@code initdb} and {@code postgres}; empty: the newest the machine has, else unpacked ones
     * @param model     a folder in which the files of a new database may lie that others begin as ({@link SiteDatabase#makeModel}); empty: {@code initdb} makes them
     * @param durable   false only for tests: a crash of the machine may then lose what was acknowledged
     */
    record Managed(Path directory, Path cache, Optional<Path> programs, Optional<Path> model, boolean durable, int connections, Duration patience)
            implements DatabaseSettings {
        public Managed {
            directory = directory.toAbsolutePath().normalize();
            cache = cache.toAbsolutePath().normalize();
            Objects.requireNonNull(programs, "programs");
            checkBounds(connections, patience);
        }

        /** The usual choice: durable, 16 connections, 15 seconds of patience. */
        public static Managed in(Path directory, Path cache) {
            return new Managed(directory, cache, Optional.empty(), Optional.empty(), true, 16, Duration.ofSeconds(15));
        }

        public Managed withPrograms(Path directoryOfPrograms) {
            return new Managed(directory, cache, Optional.of(directoryOfPrograms), model, durable, connections, patience);
        }

        public Managed withoutDurability() {
            return new Managed(directory, cache, programs, model, false, connections, patience);
        }

        public Managed withPatience(Duration longest) {
            return new Managed(directory, cache, programs, model, durable, connections, longest);
        }

        /** With the programs, the cache and the rest of these. */
        Managed at(Path otherDirectory) {
            return new Managed(otherDirectory, cache, programs, model, durable, connections, patience);
        }

        public Managed withModel(Path folder) {
            return new Managed(directory, cache, programs, Optional.of(folder), durable, connections, patience);
        }
    }

    /**
     * A PostgreSQL that is there already.
     *
     * @param url      {@code jdbc:postgresql://host[:port][,host…]/database[?…]}, without a password
     * @param password read by the caller from a file or the environment, never from a command line
     */
    record External(String url, String user, String password, int connections, Duration patience) implements DatabaseSettings {
        public External {
            if (!url.startsWith("jdbc:postgresql:")) {
                throw org.reservoir.kernel.Refused.invalid("DATABASE_URL_UNKNOWN", "%s is no PostgreSQL address".formatted(url),
                        "write jdbc:postgresql://host:5432/database");
            }
            Objects.requireNonNull(user, "user");
            Objects.requireNonNull(password, "password");
            checkBounds(connections, patience);
        }

        /** The usual choice: 16 connections, 15 seconds of patience. */
        public static External at(String url, String user, String password) {
            return new External(url, user, password, 16, Duration.ofSeconds(15));
        }

        /** Says where and who, never the password. */
        @Override
        public String toString() {
            return "External[%s as %s]".formatted(url, user);
        }
    }

    private static void checkBounds(int connections, Duration patience) {
        if (connections < 2 || connections > 500 || patience.isNegative() || patience.isZero()) {
            throw org.reservoir.kernel.Refused.invalid("DATABASE_SETTINGS_OUT_OF_RANGE",
                    "%d connections and a patience of %s".formatted(connections, patience), "take 2 to 500 connections and a positive time");
        }
    }
}
