package org.reservoir.placement.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.kernel.Refused;

class ReadersTest {
    private static final String WORKLOAD = """
            <?xml version="1.0"?>
            <lease-workload name="x">
              <site><resource-types names="CPU Memory"/>
                <nodes><node-set numnodes="2"><res type="CPU" amount="100"/><res type="Memory" amount="1024"/></node-set></nodes></site>
              <lease-requests>
                <lease-request arrival="00:10:00.00"><realduration time="00:05:00.00"/>
                  <lease id="7" preemptible="true" user="3"><nodes><node-set numnodes="2"><res type="CPU" amount="100"/><res type="Memory" amount="512"/></node-set></nodes>
                    <start><exact time="1:00:00:00.00"/></start><duration time="01:00:00.00"/><deadline time="2:00:00:00.00"/>
                    <software><disk-image id="a.img" size="600"/></software><extra><attr name="simul_userrate" value="0.5"/></extra></lease>
                </lease-request>
              </lease-requests>
            </lease-workload>""";

    private static Workload lwf(String text) {
        return LwfReader.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 1000);
    }

    @Test
    void aWorkloadIsReadWithItsSiteAndAllThatALeaseSays() {
        var workload = lwf(WORKLOAD);
        assertThat(workload.site().hosts()).hasSize(2).last().matches(host -> host.id() == 2);
        var lease = workload.requests().getFirst();
        assertThat(lease.kind()).isEqualTo(LeaseKind.DEADLINE);
        assertThat(lease.arrival()).isEqualTo(1600);
        assertThat(lease.start()).isEqualTo(new LeaseRequest.Start.At(87_400));
        assertThat(lease.deadline()).hasValue(173_800);
        assertThat(lease.duration()).isEqualTo(3600);
        assertThat(lease.ends()).hasValue(300);
        assertThat(lease.nodes()).containsExactly(Quantity.of(100, 512), Quantity.of(100, 512));
        assertThat(lease.extras()).containsEntry("simul_userrate", "0.5").containsEntry("disk-image", "a.img");
        assertThat(lease.user()).isEqualTo("3");
    }

    @Test
    void processorsMayComeInInstancesThatAWishCannotStraddle() {
        var site = lwf(WORKLOAD.replace("<res type=\"CPU\" amount=\"100\"/><res type=\"Memory\" amount=\"1024\"/>",
                "<res type=\"CPU\"><instance amount=\"100\"/><instance amount=\"100\"/></res><res type=\"Memory\" amount=\"1024\"/>")).site();
        assertThat(site.instanced()).containsExactly("CPU");
        var two = site.cpuAndMemory(75, 100);
        var host = site.hosts().getFirst().capacity();
        assertThat(two.plus(two).fitsIn(host)).isTrue();
        assertThat(two.plus(two).plus(site.cpuAndMemory(50, 100)).fitsIn(host)).isFalse();
        assertThat(site.cpuAndMemory(150, 100).fitsIn(host)).isFalse();
    }

    /** Each row: what is replaced, by what, and what the refusal says. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "numnodes=\"2\"><res type=\"CPU\" amount=\"100\"/><res type=\"Memory\" amount=\"512\"|numnodes=\"0\"><res type=\"CPU\" amount=\"100\"/><res type=\"Memory\" amount=\"512\"|Line 7: numnodes=\"0\"",
            "duration time=\"01:00:00.00\"|duration time=\"-01:00:00.00\"|Line 7: Lease 7: its duration is -3600 s",
            "duration time=\"01:00:00.00\"|duration time=\"soon\"|Line 8: time=\"soon\" is not a time",
            "deadline time=\"2:00:00:00.00\"|deadline time=\"00:30:00\"|its deadline 2800 is not after its start 87400",
            "amount=\"512\"|amount=\"-512\"|node 1 asks for a negative amount",
            "amount=\"512\"|amount=\"much\"|Line 7: amount=\"much\" is not a whole number",
            "type=\"Memory\" amount=\"512\"|type=\"Ether\" amount=\"512\"|no resource 'Ether'",
            "preemptible=\"true\"|preemptible=\"maybe\"|preemptible=\"maybe\" is neither true nor false",
            "<start><exact time=\"1:00:00:00.00\"/></start>|<start><later/></start>|<later> is no start",
            "<start><exact time=\"1:00:00:00.00\"/></start>|<start/>|it has a deadline but no start",
            "</lease-requests>|</lease-request>|Line 11:",
            "<lease-workload name=\"x\">|<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><lease-workload name=\"x\">|document types",
            "names=\"CPU Memory\"|names=\"Disk\"|leases at least CPU and Memory",
    })
    void whatIsWrongIsRefusedWithItsLine(String part, String by, String says) {
        assertThat(WORKLOAD).contains(part);
        assertThatThrownBy(() -> lwf(WORKLOAD.replace(part, by))).isInstanceOf(Refused.class).hasMessageContaining(says);
    }

    @Test
    void twoLeasesWithOneIdAreRefused() {
        var twice = WORKLOAD.replaceFirst("(?s)(<lease-request .*</lease-request>)", "$1$1");
        assertThatThrownBy(() -> lwf(twice)).isInstanceOf(Refused.class).hasMessageContaining("two leases 7");
    }

    @Test
    void aJobLogIsReadByTheArchivesRules() {
        var log = SwfReader.read(new StringReader("""
                ; Version: 2.2
                ; MaxProcs: 128
                1 0 5 100 8 -1 -1 4 3600 -1 1 17 -1 -1 3 -1 -1 -1
                2 10 5 0 8 -1 -1 -1 -1 -1 1 17 -1 -1 3 -1 -1 -1
                3 20 5 -1 -1 -1 -1 2 600 -1 5 17 -1 -1 3 -1 -1 -1
                4 30.4 5 7200 1 -1 -1 1 3600 -1 1 17 -1 -1 3 -1 -1 -1

                5 40 -1 -1 -1 -1 -1 -1 -1 -1 0 17 -1 -1 3 -1 -1 -1
                """));
        assertThat(log.processors()).hasValue(128);
        assertThat(log.leftOut()).isEqualTo(1);
        var leases = log.leases(1000, Quantity.of(100, 1024));
        assertThat(leases).extracting(LeaseRequest::id).containsExactly(1L, 2L, 3L, 4L);
        assertThat(leases).extracting(lease -> lease.nodes().size()).containsExactly(4, 8, 2, 1);
        assertThat(leases).extracting(LeaseRequest::duration).containsExactly(3600L, 1L, 600L, 3600L);
        assertThat(leases.get(0).ends()).hasValue(100);
        assertThat(leases.get(2).ends()).hasValue(1);
        assertThat(leases.get(3).ends()).isEmpty();
        assertThat(leases.get(3).arrival()).isEqualTo(1030);
        assertThat(log.withoutCancelled().jobs()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1 0 5|Line 2: 3 fields, not 18", "1 0 5 x 8 -1 -1 4 3600 -1 1 17 -1 -1 3 -1 -1 -1|Line 2: field 4 is 'x'",
            "1 -5 5 9 8 -1 -1 4 3600 -1 1 17 -1 -1 3 -1 -1 -1|Line 2: job 1 is submitted at -5", "1 0 5 9 8 -1 -1 4e12 3600 -1 1 17 -1 -1 3 -1 -1 -1|Line 2: field 8 is 4e12, out of range",
            "1 0 5 NaN 8 -1 -1 4 3600 -1 1 17 -1 -1 3 -1 -1 -1|Line 2: field 4"})
    void aLineThatIsNoJobIsRefused(String line, String says) {
        assertThatThrownBy(() -> SwfReader.read(new StringReader("; a log\n" + line))).isInstanceOf(Refused.class).hasMessageContaining(says);
    }

    @Test
    void theColumnFormatOfThePublishedExperimentsIsRead() {
        var site = LeaseSite.uniform(48, 100, 1024);
        var leases = ColumnReader.read(new StringReader("3147 89547 11574 11574 26 1 1024 0 'NONE.img' 600\n"), 10, site);
        assertThat(leases).singleElement().matches(lease -> lease.kind() == LeaseKind.ADVANCE_RESERVATION && lease.arrival() == 3157 && lease.nodes().size() == 26
                && lease.start().equals(new LeaseRequest.Start.At(89_557)) && lease.ends().isEmpty());
        assertThatThrownBy(() -> ColumnReader.read(new StringReader("1 2 3"), 0, site)).hasMessageContaining("Line 1: 3 columns, not 10");
        assertThatThrownBy(() -> ColumnReader.read(new StringReader("0 0 10 10 0 1 1024 0 x 600"), 0, site)).hasMessageContaining("asks for 0 nodes");
    }

    @ParameterizedTest
    @CsvSource({"00:00:32.00,32", "1:00:00:01,86401", "+10:00:00.00,36000", "-0:00:05,-5", "00:00:00.50,1", "02:30,9000"})
    void spansOfTimeAreWholeSeconds(String text, long seconds) {
        assertThat(Times.parse(text)).hasValue(seconds);
        assertThat(Times.parse(text + "x")).isEmpty();
    }

    @Test
    void whatCannotBeUnderstoodOfAConfigurationIsRefusedByName() {
        var conf = HaizeaConf.read(new StringReader("[scheduling]\nbackfilling: intermediate\n# no\nbackfilling-reservations = 4\nsuspension: all"));
        assertThat(conf.settings().futureLeases()).isEqualTo(4);
        assertThatThrownBy(() -> conf.with("scheduling.mapper", "magic").settings()).hasMessageContaining("scheduling.mapper cannot be 'magic'");
        assertThatThrownBy(() -> conf.with("scheduling.suspend-rate", "-1").settings()).hasMessageContaining("suspend-rate cannot be -1");
        assertThatThrownBy(() -> conf.with("general.lease-preparation", "imagetransfer").settings()).hasMessageContaining("is not planned here");
        assertThatThrownBy(() -> HaizeaConf.read(new StringReader("[x]\nnonsense"))).hasMessageContaining("Line 2");
    }

    @Test
    void recurringReservationsDoNotRunIntoThemselves() {
        var node = List.of(Quantity.of(100, 1024));
        var weekly = new Recurrence(604_800, 3).of(LeaseRequest.reservation(10, 0, 100, 3600, node));
        assertThat(weekly).extracting(LeaseRequest::id).containsExactly(10L, 11L, 12L);
        assertThat(weekly.getLast().start()).isEqualTo(new LeaseRequest.Start.At(1_209_700));
        assertThatThrownBy(() -> new Recurrence(60, 2).of(LeaseRequest.reservation(1, 0, 100, 61, node))).hasMessageContaining("run into itself");
        assertThatThrownBy(() -> new Recurrence(60, 2).of(LeaseRequest.bestEffort(1, 0, 10, node))).hasMessageContaining("no exact start");
        assertThatThrownBy(() -> new Recurrence(0, 2)).isInstanceOf(Refused.class);
    }
}
