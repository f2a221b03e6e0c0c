package org.reservoir.site;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import org.reservoir.store.SiteDatabase;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Brings a backup back into a site that has no database yet. Started then, it finds out what runs on the hosts and goes on from there. */
@Command(name = "restore", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Makes the database of a new site from a backup; the site must not be running.",
                "Images are not part of a backup: copy the old site's folder DIR/images too."},
        footer = {"", "Example:", "  bin/site restore --data /var/lib/reservoir/new site-20261127-101500.backup", "  bin/site --data /var/lib/reservoir/new"})
final class RestoreSite implements Callable<Integer> {
    @Mixin
    private Where where;
    @Parameters(paramLabel = "FILE", description = "A file written by 'reservoir site backup'.")
    private Path file;

    @Override
    public Integer call() {
        Site.folder(where.data());
        SiteDatabase.restore(file, where.database(), Site.MIGRATIONS);
        System.out.printf("Restored. Start the site with the same --data and --name: bin/site --data %s%n", where.data());
        return 0;
    }
}
