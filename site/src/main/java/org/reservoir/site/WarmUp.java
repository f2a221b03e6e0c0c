package org.reservoir.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;

import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;

import picocli.CommandLine.Command;

/** Runs a throw-away site through its first {@link Questions} and ends: what the JVM learns by it makes later starts fast (JEP 514). Where one of them fails it ends with an error, for nothing would be learnt. */
@Command(name = "warm-up", hidden = true, description = "Trains the cache for fast starts.")
final class WarmUp implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException {
        var data = Files.createTempDirectory("reservoir-warm-up");
        try {
            if (settings(data).database() instanceof DatabaseSettings.Managed own) {
                SiteDatabase.makeModel(own, Site.MIGRATIONS);
            }
            for (int start = 0; start < 2; start++) { // the first makes the database, the second finds it, as later starts will
                try (var site = Main.open(settings(data))) {
                    new Questions(site.uri(), Site.adminToken(data).orElseThrow(), start).ask();
                }
            }
            return 0;
        } finally {
            remove(data);
        }
    }

    private static Settings settings(Path data) {
        return Main.settings("--data", data.toString(), "--listen", "127.0.0.1:0", "--name", "warm");
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
