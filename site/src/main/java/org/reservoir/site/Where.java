package org.reservoir.site;

import java.nio.file.Path;
import java.util.Optional;

import org.reservoir.store.DatabaseSettings;

import picocli.CommandLine.Option;

/** The options by which every command of the site server finds the site: its folder and its database. */
final class Where {
    /** System property: the folder of the model. */
    private static final String MODEL = "reservoir.model-cluster";

    @Option(names = ConfigurationFile.OPTION, paramLabel = "FILE", description = {"Options from a file: lines like 'listen = 0.0.0.0:8470', named as here without the",
            "dashes. What is given on the command line goes before it."})
    private Optional<Path> configuration = Optional.empty();
    @Option(names = "--data", paramLabel = "DIR", description = "Folder of the site (/var/lib/reservoir/site for root, else ~/.local/share/reservoir/site).")
    private Optional<Path> data = Optional.empty();
    @Option(names = "--database-url", paramLabel = "URL", description = {"An existing PostgreSQL, jdbc:postgresql://…; its password is read from the",
            "environment variable RESERVOIR_DATABASE_PASSWORD. Without it the site runs its own."})
    private Optional<String> databaseUrl = Optional.empty();
    @Option(names = "--database-user", paramLabel = "USER", defaultValue = "reservoir", description = "User of the existing PostgreSQL (${DEFAULT-VALUE}).")
    private String databaseUser;

    Path data() {
        return data.orElseGet(Where::usual).toAbsolutePath().normalize();
    }

    /** Root's home is closed to the unprivileged user under which PostgreSQL runs. */
    private static Path usual() {
        return System.getProperty("user.name").equals("root") ? Path.of("/var/lib/reservoir/site") : Path.of(System.getProperty("user.home"), ".local/share/reservoir/site");
    }

    DatabaseSettings database() {
        return databaseUrl.<DatabaseSettings>map(url -> DatabaseSettings.External.at(url, databaseUser, Optional.ofNullable(System.getenv("RESERVOIR_DATABASE_PASSWORD")).orElse("")))
                .orElseGet(this::own);
    }

    /** A site's own PostgreSQL; a new one begins as a copy of the model that was made when Reservoir was built, where there is one. */
    private DatabaseSettings.Managed own() {
        var settings = DatabaseSettings.Managed.in(data().resolve("database"), data().resolve("programs"));
        return Optional.ofNullable(System.getProperty(MODEL)).map(Path::of).map(settings::withModel).orElse(settings);
    }
}
