package org.reservoir.bench.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.Refused;

/** Reads tables as the trace has them; what is wrong in one is told with its file, line and column. */
class OpenbTraceTest {
    private static final String NODES = "sn,cpu_milli,memory_mib,gpu,model";
    private static final String PODS = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time";
    @TempDir
    private Path folder;

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("table.csv"), List.of(lines));
    }

    @Test
    void nodesHaveDevicesInThousandthsAndMayHaveNone() throws IOException {
        assertThat(OpenbTrace.nodes(file(NODES, "n0,32000,262144,0,", "", "n1,96000,786432,8,V100M32"))).containsExactly(new OpenbTrace.Node("n0", 32_000, 262_144, 0, ""),
                new OpenbTrace.Node("n1", 96_000, 786_432, 8_000, "V100M32"));
    }

    @Test
    void podsHaveSharesOfOneDeviceOrSeveralWholeOnesAndMayNameModels() throws IOException {
        var pods = OpenbTrace.pods(file(PODS, "p0,6000,12288,1,460,,LS,Running,427061,12902960,427061", "p1,12000,16384,8,1000,V100M16|V100M32,LS,Running,0,5,0"));
        assertThat(pods).containsExactly(new OpenbTrace.Pod("p0", 6_000, 12_288, 460, Set.of(), Optional.of(427_061L), Optional.of(12_902_960L)),
                new OpenbTrace.Pod("p1", 12_000, 16_384, 8_000, Set.of("V100M16", "V100M32"), Optional.of(0L), Optional.of(5L)));
        assertThat(pods.get(1).takes(new OpenbTrace.Node("n", 1, 1, 1, "V100M16"))).isTrue();
        assertThat(pods.get(1).takes(new OpenbTrace.Node("n", 1, 1, 1, "T4"))).isFalse();
        assertThat(pods.get(0).takes(new OpenbTrace.Node("n", 1, 1, 1, "T4"))).isTrue();
    }

    @Test
    void aListWithoutTimesHasNoneAndColumnsMayStandInAnyOrder() throws IOException {
        var pods = OpenbTrace.pods(file("memory_mib,name,gpu_milli,num_gpu,cpu_milli,gpu_spec", "10,p,1000,2,500,"));
        assertThat(pods).containsExactly(new OpenbTrace.Pod("p", 500, 10, 2_000, Set.of(), Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"n1,many,1,0,;cpu_milli is 'many'", "n1,1,1.5,0,;memory_mib is '1.5'", "n1,1,1,-2,T4;gpu is '-2'", "n1,1;memory_mib is missing",
            "n1,1,1,99999999999999999999,;gpu is '99999999999999999999'", "n1,,1,0,;cpu_milli is ''"})
    void whatIsNoAmountIsRefusedWithItsFileLineAndColumn(String line, String what) throws IOException {
        var file = file(NODES, "n0,1,1,0,", line);
        assertThatThrownBy(() -> OpenbTrace.nodes(file)).isInstanceOf(Refused.class).hasMessageContaining("table.csv, line 3: " + what);
    }

    @Test
    void anEmptyFileAndOneWithoutTheColumnAreRefusedByName() throws IOException {
        var empty = file("");
        assertThatThrownBy(() -> OpenbTrace.nodes(empty)).isInstanceOf(Refused.class).hasMessageContaining("table.csv is empty");
        var other = file("sn,cpu,memory_mib,gpu,model", "n0,1,1,0,");
        assertThatThrownBy(() -> OpenbTrace.nodes(other)).isInstanceOf(Refused.class).hasMessageContaining("cpu_milli is ''");
    }
}
