package org.reservoir.site;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;

import org.reservoir.access.FirstAdministrator;
import org.reservoir.access.StoredDirectory;
import org.reservoir.store.SiteDatabase;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The way back in for who has lost every administrator's token: whoever may write the site's folder and reach its database owns the site anyhow. */
@Command(name = "readmit", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Makes a new token for the user admin, for who has lost it; the site must not be running.",
                "Older tokens stay: 'reservoir token list' shows them, 'reservoir token revoke' ends them."},
        footer = {"", "Example:", "  bin/site readmit --data /var/lib/reservoir/site"})
final class Readmit implements Callable<Integer> {
    @Mixin
    private Where where;

    @Override
    public Integer call() {
        Site.folder(where.data());
        try (var database = SiteDatabase.open(where.database(), Site.MIGRATIONS)) {
            new FirstAdministrator(new StoredDirectory(database), InstantSource.system()).readmit(token -> Site.keep(where.data().resolve(Site.ADMIN_TOKEN), token));
        }
        System.out.println(whereTheTokenIs(where.data()));
        return 0;
    }

    /** A site restored from a backup, and a second server of one, have no such file: their users have their tokens. */
    static String whereTheTokenIs(Path data) {
        var file = data.resolve(Site.ADMIN_TOKEN);
        return Files.exists(file) ? "Token of the user admin: " + file : "Its users have their tokens; one who lost admin's gets a new one by: bin/site readmit --data " + data;
    }
}
