package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VEE that was ended is not one that fell silent. */
@Tag("long")
class EndedVeesTest {
    @TempDir
    private Path data;

    @Test
    void noAlarmFiresForAVeeThatEndedAndItIsListedNoMore() throws Exception {
        try (var site = new MeteredSite("ended", data, measuring -> measuring)) {
            site.begin("h1");
            site.done("vee create gone --memory 64MiB --disk reservoir-guest --wait");
            site.done("vee create stays --memory 64MiB --disk reservoir-guest --wait");
            site.done("probe rate --kind vee.load --every 1s");
            site.done("alarm set silent --metric vee.cpu.percent --when absent --window 5s");
            site.done("alarm set busy --metric vee.cpu.percent --when above --threshold -1 --window 5s");
            site.until("alarm list", list -> list.contains("vee-1 firing") && list.contains("vee-2 firing"));
            site.done("vee terminate gone --wait");
            site.done("alarm set clock --metric nothing --subject vee-2 --when absent --window 1s --for 8s");
            site.until("alarm list", list -> list.contains("vee-2 firing") && list.lines().anyMatch(line -> line.startsWith("clock") && line.contains("firing")));
            assertThat(site.done("alarm list").lines().filter(line -> line.startsWith("silent"))).as("longer than it takes to call it silent").singleElement().asString().contains("absent for 5s").contains("quiet");
            assertThat(site.done("alarm list")).contains("vee-2 firing").doesNotContain("vee-1");
            assertThat(site.done("measurement list --metric vee.cpu.percent")).contains("vee-2").doesNotContain("vee-1");
        }
    }
}
