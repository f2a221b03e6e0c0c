package org.reservoir.libvirtrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.junit.jupiter.api.Test;

class XdrTest {
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    @Test
    void valuesAreWrittenAsTheStandardSays() {
        var out = new XdrWriter().number(-2).hyper(1L << 40).text("abcde").maybe(Optional.empty()).maybe(Optional.of("x")).uuid(ID);
        assertThat(HexFormat.of().formatHex(out.bytes())).isEqualTo("fffffffe" + "0000010000000000" + "00000005" + "6162636465000000" + "00000000"
                + "00000001" + "00000001" + "78000000" + "00112233445566778899aabbccddeeff");
    }

    @Test
    void whatIsWrittenIsReadBack() {
        var domain = new Domain("d\u00e4mon", ID, 7);
        var volume = new Volume("pool", "name", "/key");
        var out = new XdrWriter().domain(domain).volume(volume).named(new Named("n", ID)).opaque(new byte[70_001])
                .parameters(Map.of("i", 5, "l", 1L << 50, "s", List.of("a", "b")));
        var in = new XdrReader(ByteBuffer.wrap(out.bytes()));
        assertThat(in.domain()).isEqualTo(domain);
        assertThat(in.volume()).isEqualTo(volume);
        assertThat(in.named()).isEqualTo(new Named("n", ID));
        assertThat(in.opaque()).hasSize(70_001);
        assertThat(in.parameters()).containsEntry("i", 5).containsEntry("l", 1L << 50).containsEntry("s", "b");
    }

    @Test
    void aParameterOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> new XdrWriter().parameters(Map.of("x", 1.5f))).hasMessageContaining("x = 1.5");
    }
}
