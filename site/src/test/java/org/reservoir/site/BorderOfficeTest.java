package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.gateways.BordersView;
import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.border.Borders;
import org.reservoir.monitoring.wire.VoiceKey;

class BorderOfficeTest {
    private static final ServiceId SHOP = new ServiceId(1);

    @TempDir
    Path folder;

    @Test
    void aBorderTowardsAPeerThatNobodyKnowsJustThenIsShownWithTheReasonAndCanBeClosed() throws IOException {
        var opening = new BordersView.Opening("home", "nobody.invalid:8475", Optional.of("tcp"), new VoiceKey(1, new byte[32]).written(), Optional.empty(), Optional.empty());
        var kept = Files.createDirectories(folder.resolve(SHOP + ".home")).resolve("border.json");
        Files.writeString(kept, Wire.write(new BorderOffice.Kept(SHOP, opening)));
        try (var office = new BorderOffice(folder, new Borders(Optional.empty(), _ -> false), new PeerEars(new Ears(List.of()), new Roster()), Optional.empty())) {
            office.start();
            assertThat(office.borders()).singleElement().satisfies(border -> {
                assertThat(border.peer()).isEqualTo("home");
                assertThat(border.problem()).contains("nobody.invalid");
            });
            office.close("anna", SHOP, "home");
            assertThat(office.borders()).isEmpty();
            assertThat(kept).doesNotExist();
            assertThatThrownBy(() -> office.close("anna", SHOP, "home")).isInstanceOf(Refused.class);
        }
    }

    @Test
    void whatDidNotCrossForWantOfRoomIsTold() {
        assertThat(BorderOffice.problem(new Borders.Status(SHOP, "home", 5, 5, 0), "")).isEmpty();
        assertThat(BorderOffice.problem(new Borders.Status(SHOP, "home", 100_000, 5, 7), "refused")).isEqualTo("refused; 7 measurements did not cross: 100000 streams are as many as a border may have");
    }
}
