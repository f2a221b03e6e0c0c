package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/** What no machine can be is refused at once; what no host has room for today waits and says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VeeWishesTest {
    private final SteppedSite site = new SteppedSite(1);

    @AfterAll
    void close() {
        site.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "BAD_VEE  | {'memory':'64MiB','vcpus':1,'cpu':0}                                         | it is promised no share of a processor | Give a share above 0",
        "BAD_VEE  | {'memory':'64MiB','vcpus':2,'cpu':3}                                         | it is promised 3 CPUs and can use no more than its 2 virtual CPUs           | Give a share up to 2, or more virtual CPUs.",
        "BAD_VEE  | {'memory':'64MiB','vcpus':1,'cpu':99999}                                     | it is promised 99999 CPUs and can use no more than its 1 virtual CPU. | Give a share up to 1",
        "BAD_VEE  | {'vcpus':1,'memory':'65TiB'}                                                 | VEE a: it cannot have 65 TiB of memory. | Give at most 64 TiB.",
        "BAD_VEE  | {'vcpus':1,'memory':'8000PiB'}                                               | VEE a: it cannot have 8000 PiB of memory. | Give at most 64 TiB.",
        "BAD_VEE  | {'memory':'64MiB','vcpus':2,'limits':{'vcpus':1,'memory':'64MiB'}}           | it begins with 2 virtual CPUs and is to be resized up to 1 | Give a limit from 2 to 512.",
        "BAD_VEE  | {'memory':'64MiB','vcpus':2,'limits':{'vcpus':-1,'memory':'64MiB'}}          | is to be resized up to -1 | Give a limit from 2 to 512.",
        "BAD_VEE  | {'memory':'64MiB','vcpus':2,'limits':{'vcpus':513,'memory':'64MiB'}}         | is to be resized up to 513 | Give a limit from 2 to 512.",
        "BAD_VEE  | {'memory':'64MiB','vcpus':1,'limits':{'vcpus':0,'memory':'64MiB'}}           | it begins with 1 virtual CPU and is to be resized up to 0 | Give a limit from 1 to 512.",
        "BAD_VEE  | {'memory':'64MiB','vcpus':1,'limits':{'vcpus':1,'memory':'1MiB'}}            | it begins with 64 MiB of memory and is to be resized up to 1 MiB | Give a limit from 64 MiB to 64 TiB.",
        "BAD_VEE  | {'memory':'64MiB','vcpus':1,'limits':{'vcpus':1,'memory':'100TiB'}}          | is to be resized up to 100 TiB | Give a limit from 64 MiB to 64 TiB.",
        "BAD_DISK | {'memory':'64MiB','vcpus':1,'disks':[{'size':0}]}                            | Disk 0 is to have 0 B. | Give at least 1 MiB, with its unit: 10GiB.",
        "BAD_DISK | {'memory':'64MiB','vcpus':1,'disks':[{'size':'1GiB'},{'size':10}]}           | Disk 1 is to have 10 B. | Give at least 1 MiB, with its unit: 10GiB.",
        "BAD_DISK | {'memory':'64MiB','vcpus':1,'disks':[{'size':'8000PiB'}]}                    | Disk 0 is to have 8000 PiB, which is too much. | All disks of a VEE together may have 512 TiB.",
        "BAD_DISK | {'memory':'64MiB','vcpus':1,'disks':[{'size':'500TiB'},{'size':'13TiB'}]}    | Disk 1 is to have 13 TiB, which is too much. | All disks of a VEE together may have 512 TiB.",
        "BAD_DISK | {'memory':'64MiB','vcpus':1,'disks':[{'size':'4000PiB'},{'size':'5000PiB'}]} | Disk 0 is to have 4000 PiB | All disks of a VEE together may have 512 TiB.",
        "BAD_DISK | {'memory':'64MiB','vcpus':1,'disks':[{'size':'1GiB','iops':-1}]}             | Disk 0: it cannot be bounded to -1 operations and 0 bytes a second. | 0 leaves it unbounded.",
        "BAD_DISK | {'memory':'64MiB','vcpus':1,'disks':[{'size':'1GiB','bytesPerSecond':-4}]}   | Disk 0: it cannot be bounded to 0 operations and -4 bytes a second. | 0 leaves it unbounded.",
        "BAD_NIC  | {'memory':'64MiB','vcpus':1,'nics':[{'network':'network-1','inbound':-1}]}   | NIC 0: it cannot be bounded to -1 kB/s in and 0 kB/s out. | 0 leaves it unbounded.",
        "BAD_NIC  | {'memory':'64MiB','vcpus':1,'nics':[{'network':'network-1','outbound':-2}]}  | NIC 0: it cannot be bounded to 0 kB/s in and -2 kB/s out. | 0 leaves it unbounded."})
    void whatCannotBeIsRefusedWithWhatToDo(String code, String wish, String message, String advice) {
        var spec = Wire.read("{'name':'a',%s".formatted(wish.substring(1)).replace('\'', '"'), VeeSpec.class);
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ADMIN, spec)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.kind()).isEqualTo(Refused.Kind.INVALID);
            assertThat(refused).hasMessageContaining(message);
            assertThat(refused.advice()).contains(advice);
        });
        assertThat(site.vees()).noneMatch(vee -> vee.name().equals("a"));
    }

    @Test
    void whatAVeeCannotBeMadeAsItCannotBecomeEither() {
        var vee = site.running(site.spec("grown")).id();
        for (var action : List.of(new VeeAction.Resize(1, Cpus.of(2), DataSize.mebibytes(256)), new VeeAction.Resize(1, Cpus.of(1), DataSize.gibibytes(65 << 10)))) {
            refused("BAD_VEE", () -> site.veem.vees().act(SimulatedSite.ADMIN, vee, action));
        }
        for (var action : List.of(new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.ZERO)), new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(512 << 10))),
                new VeeAction.ResizeDisk(0, DataSize.gibibytes(513 << 10)))) {
            refused("BAD_DISK", () -> site.veem.vees().act(SimulatedSite.ADMIN, vee, action));
        }
        refused("BAD_NIC", () -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.AttachNic(new VeeSpec.NicSpec(site.network, List.of(), Optional.empty(), List.of(), -1, 0))));
    }

    @Test
    void aTemplateOfWhatCannotBeIsRefusedWhenItIsMade() {
        refused("BAD_VEE", () -> site.veem.templates().create(SimulatedSite.ADMIN, "small", VeeSpec.of("small", 1, DataSize.mebibytes(64)).sized(1, Cpus.ZERO, DataSize.mebibytes(64)), List.of()));
    }

    private static void refused(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable wish) {
        assertThatThrownBy(wish).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    /** So many as one request may ask for, each as large as can be: what is added up of them is still a number. */
    @Test
    void theLargestRequestCanBeAddedUp() {
        assertThat(Math.multiplyExact(10_000, DataSize.gibibytes(512 << 10).bytes())).isPositive();
        var largest = VeeSpec.of("big", 512, DataSize.gibibytes(64 << 10)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(512 << 10))));
        var made = site.veem.vees().create(SimulatedSite.ADMIN, IntStream.range(0, 20).mapToObj(n -> largest.named("big-" + n)).toList());
        site.work();
        var vee = site.vee(made.getLast().id());
        assertThat(vee.state()).isEqualTo(VeeState.PENDING);
        made.forEach(each -> site.after(each.id(), new VeeAction.Terminate(true)));
    }

    @Test
    void whatIsLargerThanAnyHostOfTodayWaitsAndSaysWhatTheLargestHas() {
        var vee = site.veem.vees().create(SimulatedSite.ADMIN, VeeSpec.of("tomorrow", 1, DataSize.gibibytes(300))).id();
        site.work();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.PENDING);
        assertThat(site.vee(vee).problem().orElseThrow()).contains("add a host that has 300 GiB of memory: h1 has 256 GiB in all");
        assertThat(site.veem.vees().explain(SimulatedSite.ADMIN, vee)).singleElement().satisfies(why -> assertThat(why.reasons()).singleElement().asString().contains("h1 has 256 GiB in all"));
        site.after(vee, new VeeAction.Terminate(true));
    }

    @Test
    void aHostThatWouldKeepAllForItselfIsNeitherAddedNorKeptSo() {
        refused("BAD_RESERVE", () -> site.veem.hosts().add(SimulatedSite.ADMIN, keeping("selfish", "sim://selfish?cpus=4", Cpus.of(8), DataSize.ZERO)));
        var host = site.veem.hosts().add(SimulatedSite.ADMIN, keeping("fair", "sim://fair?cpus=4&memory=8GiB", Cpus.of(1), DataSize.gibibytes(1)));
        assertThatThrownBy(() -> site.veem.hosts().change(SimulatedSite.ADMIN, host.id(), keeping("fair", "sim://fair?cpus=4&memory=8GiB", Cpus.of(1), DataSize.gibibytes(8))))
                .hasMessage("Host fair: 8 GiB of its 8 GiB memory would be kept for itself, and none left for VEEs.");
        assertThat(site.veem.hosts().host(SimulatedSite.ADMIN, host.id()).capacity().memory()).isEqualTo(DataSize.gibibytes(7));
        site.veem.hosts().remove(SimulatedSite.ADMIN, host.id());
    }

    private static HostRequest keeping(String name, String uri, Cpus cpus, DataSize memory) {
        return new HostRequest(name, uri, "default", 1, 1, cpus, memory, Map.of(), Map.of());
    }
}
