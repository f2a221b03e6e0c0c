package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;

class StallTest {
    private final Stall stall = new Stall(Duration.ofNanos(10));

    @Test
    void whatStandsStillForTheWholePatienceIsStalledAndWhatGoesOnALittleIsNot() {
        assertThat(stall.isOver(0, -5)).isFalse();
        assertThat(stall.isOver(0, 4)).isFalse();
        assertThat(stall.isOver(1, 5)).isFalse();
        assertThat(stall.isOver(1, 14)).isFalse();
        assertThat(stall.isOver(1, 15)).isTrue();
        assertThat(stall.isOver(2, 16)).isFalse();
    }
}
