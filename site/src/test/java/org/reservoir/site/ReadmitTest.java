package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

/** With the database that a site keeps itself, as most have it. */
@Tag("long")
class ReadmitTest {
    @TempDir
    Path data;

    private Site open() {
        return Main.open(Main.settings("--data", data.toString(), "--listen", "127.0.0.1:0"));
    }

    private String readmit() {
        var said = new StringWriter();
        int exit = Main.run(new CommandLine(new Main()).setErr(new PrintWriter(said)), "readmit", "--data", data.toString());
        return exit + " " + said;
    }

    @Test
    void whoLostEveryTokenIsLetInAgainAndNotWhileTheSiteRuns() throws Exception {
        var file = data.resolve(Site.ADMIN_TOKEN);
        try (var site = open()) {
            Commands.of(site, data).done("host list");
            assertThat(readmit()).startsWith("1 ").contains("(DATABASE_IN_USE)");
        }
        var lost = Files.readString(file);
        Files.delete(file);
        assertThat(Readmit.whereTheTokenIs(data)).contains("bin/site readmit --data " + data);

        assertThat(readmit()).isEqualTo("0 ");

        assertThat(Files.readString(file)).isNotEqualTo(lost);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2); // to read and to write, for its owner
        try (var site = open()) {
            assertThat(Commands.of(site, data).done("token list")).contains("first").contains("readmitted-");
            assertThat(Readmit.whereTheTokenIs(data)).endsWith(file.toString());
        }
    }
}
