package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.Guest.eventually;

import java.time.Duration;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;

/** Somebody with a shell on the host does to a guest whatever virsh can. The site is told by libvirt's events and says what it sees. */
@Tag("real")
class BehindTheSitesBackTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    @AutoClose
    private static Lab lab;
    private static VeeId vee;
    private static String domain;

    @BeforeAll
    static void startAGuest() {
        lab = Lab.with(1);
        vee = lab.order("watched", "h1");
        lab.await(vee, VeeState.RUNNING);
        domain = virsh("list", "--name").lines().map(String::strip).filter(name -> name.endsWith("-" + vee)).findFirst().orElseThrow();
    }

    private static String virsh(String... words) {
        return Guest.virsh(lab.testbed.host(1), words);
    }

    private static Vee seen() {
        return lab.veem.vees().vee(Lab.ADMIN, vee);
    }

    private static void becomes(VeeState state) {
        eventually(PATIENCE, "it is seen to be " + state, () -> seen().state() == state);
    }

    private static int boots() {
        return (int) lab.veem.vees().history(Lab.ADMIN, vee).stream().filter(past -> past.state() == VeeState.BOOTING).count();
    }

    @Test
    void whateverOthersDoToAGuestIsShownAndWhatTheyBreakIsRepaired() {
        virsh("suspend", domain);
        becomes(VeeState.SUSPENDED);
        virsh("resume", domain);
        becomes(VeeState.RUNNING);
        virsh("managedsave", domain);
        becomes(VeeState.STOPPED);
        virsh("start", domain);
        becomes(VeeState.RUNNING);
        virsh("destroy", domain);
        becomes(VeeState.POWERED_OFF);
        assertThat(seen().problem()).isPresent();
        virsh("start", domain);
        becomes(VeeState.RUNNING);
        assertThat(boots()).as("all of that by others").isZero();
        lab.testbed.host(1).run("sh", "-c", "kill -9 $(cat /run/libvirt/qemu/%s.pid)".formatted(domain));
        eventually(PATIENCE, "it is booted again", () -> boots() == 1);
        becomes(VeeState.RUNNING);
        assertThat(virsh("domstate", domain)).isEqualTo("running");
        virsh("undefine", domain);
        virsh("destroy", domain);
        becomes(VeeState.FAILED);
        assertThat(seen().problem().orElseThrow()).contains("removed by somebody else");
        lab.veem.vees().act(Lab.ADMIN, vee, new VeeAction.Recover(VeeAction.Way.RETRY));
        becomes(VeeState.RUNNING);
        assertThat(virsh("domstate", domain)).isEqualTo("running");
    }
}
