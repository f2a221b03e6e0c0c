package org.reservoir.interfaces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;

class WireTest {
    @Test
    void aVeeSpecComesBackAsItWasWritten() {
        var spec = VeeSpec.of("web", 2, DataSize.mebibytes(512))
                .withDisks(List.of(VeeSpec.DiskSpec.of(new ImageId(3)))).withNics(List.of(VeeSpec.NicSpec.on(new NetworkId(4))))
                .withContext(VeeSpec.Context.of(Map.of("ROLE", "web")));
        assertThat(Wire.read(Wire.write(spec), VeeSpec.class)).isEqualTo(spec);
    }

    @Test
    void sizesAreBytesAndMayBeWrittenWithUnits() {
        assertThat(Wire.write(DataSize.mebibytes(1))).isEqualTo("1048576");
        assertThat(Wire.read("\"1MiB\"", DataSize.class)).isEqualTo(DataSize.mebibytes(1));
        assertThat(Wire.read("1048576", DataSize.class)).isEqualTo(DataSize.mebibytes(1));
        assertThat(Wire.read("0.5", Cpus.class)).isEqualTo(new Cpus(500));
    }

    @Test
    void theLargestSizeIsReadAsItWasWritten() {
        var largest = DataSize.bytes(Long.MAX_VALUE);
        assertThat(Wire.read(Wire.write(largest), DataSize.class)).isEqualTo(largest);
        assertThatThrownBy(() -> Wire.read("9223372036854775808", DataSize.class)).hasMessageContaining("larger than any size can be");
    }

    /** Its share of processors, which is not given, follows from them. */
    @Test
    void aNumberOfCpusThatNoVeeCanHaveIsToldAsSuch() {
        for (var vcpus : List.of(-1, 0, 513, 3_000_000)) {
            assertThatThrownBy(() -> Wire.read("{\"name\":\"a\",\"vcpus\":%d,\"memory\":\"64MiB\"}".formatted(vcpus), VeeSpec.class))
                    .isInstanceOf(Refused.class).hasMessage("VEE a: it cannot have %d virtual CPUs.".formatted(vcpus));
        }
    }

    @Test
    void aPartOfWhatCanOnlyBeWholeIsNotRoundedButRefused() {
        wrong("{\"name\":\"a\",\"vcpus\":1.5,\"memory\":\"64MiB\"}", VeeSpec.class, "Field 'vcpus' cannot be", "It is a whole number.");
    }

    @Test
    void theSameIsAlwaysWrittenTheSame() {
        assertThat(Wire.write(Map.of("c", 1, "a", 2, "b", 3, "d", 4))).isEqualTo("{\"a\":2,\"b\":3,\"c\":1,\"d\":4}");
        assertThat(Wire.write(java.util.Set.of(new HostId(3), new HostId(1), new HostId(20)))).isEqualTo("[\"host-1\",\"host-3\",\"host-20\"]");
    }

    @Test
    void anActionSaysWhatItIs() {
        VeeAction action = new VeeAction.Migrate(Optional.of(new HostId(2)), true);
        assertThat(Wire.write(action)).isEqualTo("{\"is\":\"Migrate\",\"host\":\"host-2\",\"live\":true}");
        assertThat(Wire.read(Wire.write(action), VeeAction.class)).isEqualTo(action);
    }

    @Test
    void aMisspeltFieldIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> Wire.read("{\"hrad\":true}", VeeAction.PowerOff.class))
                .isInstanceOf(Refused.class).hasMessageContaining("hrad").hasMessageContaining("line 1");
    }

    @Test
    void whatARecordRefusesIsToldInItsOwnWords() {
        assertThatThrownBy(() -> Wire.read("{\"host\":\"haus\"}", VeeAction.Deploy.class))
                .isInstanceOf(Refused.class).hasMessage("'haus' is no host id.");
    }

    @Test
    void aWordThatIsNoneOfThoseThereAreIsToldWithThem() {
        wrong("{\"way\":\"again\"}", VeeAction.Recover.class, "Field 'way' cannot be 'again' at line 1", "It is one of RETRY, UNDO, FORCE.");
        wrong("{\"way\":1}", VeeAction.Recover.class, "Field 'way' cannot be '1' at line 1", "It is one of RETRY, UNDO, FORCE.");
        wrong("{\"way\":[\"UNDO\"]}", VeeAction.Recover.class, "Field 'way' cannot be of another kind at line 1", "It is one of RETRY, UNDO, FORCE.");
        wrong("{\"name\":\"a\",\"vcpus\":\"many\",\"memory\":1}", VeeSpec.class, "Field 'vcpus' cannot be 'many' at line 1", "It is a whole number.");
        wrong("{\"name\":\"a\",\"vcpus\":1,\"memory\":1,\"notBefore\":\"soon\"}", VeeSpec.class, "Field 'notBefore' cannot be 'soon' at line 1",
                "It is a time like 2026-12-01T08:00:00Z.");
    }

    private static void wrong(String json, Class<?> type, String message, String advice) {
        assertThatThrownBy(() -> Wire.read(json, type)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("BAD_VALUE");
            assertThat(refused).hasMessageStartingWith(message);
            assertThat(refused.advice()).isEqualTo(advice);
        });
    }

    @Test
    void whatIsLeftOutIsItsDefault() {
        assertThat(Wire.read("{\"name\":\"web\",\"vcpus\":2,\"memory\":\"512MiB\"}", VeeSpec.class))
                .isEqualTo(VeeSpec.of("web", 2, DataSize.mebibytes(512)));
        assertThat(Wire.read("{\"name\":\"n1\",\"uri\":\"sim://1\"}", HostRequest.class)).isEqualTo(HostRequest.of("n1", "sim://1"));
    }

    @Test
    void whatCannotBeLeftOutIsNamed() {
        assertThatThrownBy(() -> Wire.read("{\"name\":\"web\",\"vcpus\":2}", VeeSpec.class))
                .isInstanceOf(Refused.class).hasMessage("A VeeSpec needs the field 'memory'.");
    }
}
