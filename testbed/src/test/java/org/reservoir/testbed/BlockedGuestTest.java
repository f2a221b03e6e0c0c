package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.testbed.Guest.virsh;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.kernel.VeeId;

/** Guests whose QEMU stands still: they keep every call that waits for them, and nobody else's. */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BlockedGuestTest {
    private static final AtomicLong GENERATIONS = new AtomicLong();
    /** More than libvirtd works on at once for one connection, which are five. */
    private static final List<VeeId> BLOCKED = LongStream.rangeClosed(1, 6).mapToObj(VeeId::new).toList();
    private static final VeeId WELL = new VeeId(7);
    private static final String STRANGER = "stranger";
    private static LibvirtHosts hosts;
    private static DrivenHost driven;

    @BeforeAll
    static void startGuestsAndStopTheirProcesses() {
        hosts = LibvirtHosts.up(1);
        driven = open();
        for (var vee : BLOCKED) {
            start(vee);
        }
        start(WELL);
        Guest.start(STRANGER, hosts.host(1), GuestImage.build());
        driven.host.close();
        BLOCKED.forEach(vee -> signal("reservoir-blocked-" + vee, "STOP"));
        signal(STRANGER, "STOP");
        driven = open();
    }

    private static DrivenHost open() {
        return DrivenHost.open(hosts.host(1).uri(), "blocked", Map.of(), GuestImage.build().disk(), GENERATIONS);
    }

    private static void start(VeeId vee) {
        driven.host.prepare(driven.order(vee), driven.guest(vee));
        driven.host.start(driven.order(vee), driven.guest(vee));
    }

    private static void signal(String domain, String signal) {
        hosts.host(1).run("sh", "-c", "kill -%s $(cat /run/libvirt/qemu/%s.pid)".formatted(signal, domain));
    }

    @AfterAll
    static void close() {
        try {
            if (Objects.nonNull(driven)) {
                driven.host.close();
            }
        } finally {
            hosts.close();
        }
    }

    private static void theOthersAreSeenAndObey() {
        var census = driven.host.census();
        assertThat(census.ours()).extracting(Census.Sighting::vee).containsAll(BLOCKED).contains(WELL);
        assertThat(census.strangers()).singleElement().satisfies(stranger -> {
            assertThat(stranger.name()).isEqualTo(STRANGER);
            assertThat(stranger.uses().memory().bytes()).isEqualTo(128L << 20);
            assertThat(stranger.uses().cpu().milli()).isEqualTo(1000);
        });
        assertThat(driven.host.reading().guests()).hasSize(BLOCKED.size() + 1);
        driven.host.pause(driven.order(WELL));
        assertThat(driven.state(WELL)).isEqualTo(GuestState.PAUSED);
        driven.host.unpause(driven.order(WELL));
        assertThat(driven.state(WELL)).isEqualTo(GuestState.RUNNING);
    }

    /** On a connection on which nothing was asked of them before. */
    @Test
    @Order(1)
    void aCensusWaitsForNoGuest() {
        theOthersAreSeenAndObey();
    }

    @Test
    @Order(2)
    void ordersForThemWaitInVainAndNobodyElseDoes() throws Exception {
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            var orders = BLOCKED.stream().map(vee -> each.submit(() -> assertThatThrownBy(
                    () -> driven.host.pause(new org.reservoir.interfaces.vhi.Order(vee, GENERATIONS.incrementAndGet(), Duration.ofSeconds(20))))
                    .isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind().passing()).as(failure.getMessage()).isTrue()))).toList();
            var waitsFor = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (System.nanoTime() < waitsFor) {
                theOthersAreSeenAndObey();
            }
            for (var order : orders) {
                order.get();
            }
        }
        theOthersAreSeenAndObey();
        assertThat(driven.heard).doesNotContain("lost");
    }

    @Test
    @Order(3)
    void newGuestsStartAndTheBlockedOnesCanBeEnded() throws Exception {
        var next = new VeeId(8);
        start(next);
        assertThat(driven.state(next)).isEqualTo(GuestState.RUNNING);
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) { // libvirtd asks each process to end, and kills it some seconds later
            for (var erased : BLOCKED.stream().map(vee -> each.submit(() -> driven.host.erase(driven.order(vee)))).toList()) {
                erased.get();
            }
        }
        assertThat(driven.host.census().ours()).extracting(Census.Sighting::vee).containsExactlyInAnyOrder(WELL, next);
        assertThat(virsh(hosts.host(1), "vol-list", "reservoir")).doesNotContain("blocked-vee-1-");
    }

    @Test
    @Order(4)
    void aGuestThatGoesOnIsObeyedAgain() {
        signal("reservoir-blocked-" + WELL, "STOP");
        var brief = new org.reservoir.interfaces.vhi.Order(WELL, GENERATIONS.incrementAndGet(), Duration.ofSeconds(2));
        assertThatThrownBy(() -> driven.host.pause(brief)).isInstanceOf(HostFailure.class);
        signal("reservoir-blocked-" + WELL, "CONT");
        driven.host.pause(driven.order(WELL));
        assertThat(driven.state(WELL)).isEqualTo(GuestState.PAUSED);
    }
}
