package org.reservoir.van;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverTest {
    private static List<String> cover(Stream<String> addresses) {
        return Cover.of(addresses.map(Address::parse).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.5 | 10.0.0.5/32", "10.0.0.4 10.0.0.5 | 10.0.0.4/31", "10.0.0.5 10.0.0.6 | 10.0.0.5/32 10.0.0.6/32",
        "10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 | 10.0.0.2/31 10.0.0.4/30 10.0.0.8/32",
        "fd00::2 fd00::3 10.0.0.1 | 10.0.0.1/32 fd00::2/127", "255.255.255.254 255.255.255.255 | 255.255.255.254/31"})
    void addressesSideBySideBecomeOneBlock(String addresses, String blocks) {
        assertThat(String.join(" ", cover(Stream.of(addresses.split(" "))))).isEqualTo(blocks);
    }

    @Test
    void noAddressIsAddedOrLost() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            var given = IntStream.range(0, random.nextInt(1, 80)).mapToObj(_ -> "10.0.0." + random.nextInt(100)).collect(Collectors.toSet());
            assertThat(cover(given.stream()).stream().flatMap(CoverTest::members).collect(Collectors.toSet())).as("seed %d", seed).isEqualTo(Set.copyOf(given));
        }
    }

    private static Stream<String> members(String block) {
        var parts = block.split("/");
        return IntStream.range(0, 1 << 32 - Integer.parseInt(parts[1])).mapToObj(n -> Address.parse(parts[0]).plus(n).toString());
    }
}
