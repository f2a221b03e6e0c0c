package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.kernel.Refused;

class HostFilesTest {
    @Test
    void figuresOfTheMachineAreRead() throws IOException {
        assertThat(HostFiles.read("/proc/loadavg").split(" ")).hasSize(5);
        assertThat(HostFiles.read("/proc/net/dev")).contains("lo:");
        assertThat(HostFiles.read("/sys/class/net/lo/mtu").strip()).isEqualTo("65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "/proc/1/environ", "/proc/self/environ", "/proc/thread-self/status", "/proc/kmsg", "/proc/kcore", "/proc/net/../self/environ", "/sys/class/net/../../../etc/passwd",
            "/sys/kernel/debug/x", "/proc/sys/../self/environ", "proc/loadavg", "", "/proc/loadavg\n", "/sys/firmware/dmi/tables/DMI"})
    void nothingElseIs(String path) {
        assertThatThrownBy(() -> HostFiles.read(path)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("NO_FIGURES"));
    }
}
