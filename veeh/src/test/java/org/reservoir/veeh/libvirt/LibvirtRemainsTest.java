package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.kernel.VeeId;

/** What is left of guests on a host, what of it is told, and what goes when they are erased. */
class LibvirtRemainsTest extends TwoFakeHosts {
    /** A libvirtd carries out what it was asked although the asker was killed: a filter seen to come 15 s after {@code kill -9}. */
    @Test
    void whatALateCallLeavesBehindTheEraseShowsInTheCensusUntilItIsErasedToo() {
        host.prepare(order(1), guest());
        var filter = here.filters.get("reservoir-lab-vee-7-nic-0");
        host.erase(order(2));
        assertNothingOf(here);
        here.filters.put("reservoir-lab-vee-7-nic-0", filter);
        here.volumes.put("lab-vee-8-disk-0.qcow2", "<volume><name/></volume>");
        here.volumes.put("other-vee-9-disk-0.qcow2", "<volume><name/></volume>");
        assertThat(host.census().ours()).isEmpty();
        assertThat(host.census().remains()).containsExactlyInAnyOrder(VEE, new VeeId(8));
        host.erase(order(2));
        host.erase(new Order(new VeeId(8), 1, Duration.ofSeconds(10)));
        assertThat(host.census().remains()).isEmpty();
        assertThat(here.volumes).containsKey("other-vee-9-disk-0.qcow2");
    }

    @Test
    void onStorageThatHostsShareFilesOfOtherHostsGuestsAreNobodysRemains() {
        host.close();
        host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of("storage", "nfs"), InstantSource.fixed(Instant.EPOCH), here::dial);
        here.volumes.put("lab-vee-8-disk-0.qcow2", "<volume><name/></volume>");
        assertThat(host.census().remains()).isEmpty();
    }

    @Test
    void whatLiesOnSharedStorageIsToldOnceInAWhileWithWhatOthersPutThere() {
        host.close();
        host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of("storage", "nfs"), InstantSource.fixed(Instant.EPOCH), here::dial);
        host.prepare(order(1), guest());
        here.files.put("lab-vee-8-disk-0.qcow2", new byte[0]);
        here.files.put("other-vee-9-disk-0.qcow2", new byte[0]);
        assertThat(host.census().shared()).as("but what has a guest here").containsExactly(new VeeId(8));
        assertThat(host.census().shared()).as("each look costs").isEmpty();
        host.erase(order(2));
    }

    @Test
    void inAFolderThatAnotherMachineHasSignedNothingIsRemainsEither() {
        here.capabilities = here.capabilities.replace("<host>", "<host><uuid>5b1b6a3e-0000-4000-8000-000000000001</uuid>");
        host.close();
        host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH), here::dial);
        here.volumes.put("lab-vee-8-disk-0.qcow2", "<volume><name/></volume>");
        assertThat(host.census().remains()).containsExactly(new VeeId(8));
        host.prepare(order(1), guest());
        assertThat(here.volumes).containsKey("host-5b1b6a3e-0000-4000-8000-000000000001");
        here.volumes.put("host-5b1b6a3e-0000-4000-8000-000000000002", "<volume><name/></volume>");
        assertThat(host.census().remains()).isEmpty();
    }

    @Test
    void guestsAreToldAlsoWhenTheirFilesCannotBeListed() {
        host.start(order(1), guest());
        here.meanwhile = call -> {
            if (call.equals("volumes")) {
                throw new HostFailure(Kind.REFUSED, "storage pool 'reservoir' is not active");
            }
        };
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 1, GuestState.RUNNING));
        here.meanwhile = _ -> {};
        host.erase(order(2));
    }

    /** Two are at it when a server was killed in the middle of it: what it had asked for last is still under way. */
    @Test
    void aGuestThatGoesWhileItIsErasedIsErasedToTheLastFilter() {
        for (var moment : List.of("metadata", "destroy", "volumes", "undefine")) {
            host.prepare(order(1), guest());
            host.start(order(1), guest());
            here.meanwhile = call -> {
                if (call.equals(moment)) {
                    here.domains.clear();
                }
            };
            host.erase(order(2));
            assertNothingOf(here);
            here.meanwhile = _ -> {};
            host.close();
            host = open(here, "qemu+tcp://here/system");
        }
    }
}
