package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.veem.SimulatedSite.ADMIN;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.Placements.ServiceToAdmit;
import org.reservoir.interfaces.vmi.Placements.Tier;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/** Services that ask to be taken in beside others, on three hosts of 64 CPUs that are down a hundredth of the time. */
@Tag("long")
class AdmittingTest {
    private final SteppedSite site = new SteppedSite(3);

    @AfterEach
    void close() {
        site.close();
    }

    private static ServiceToAdmit service(String name, int least, int most, double promised) {
        return new ServiceToAdmit(name, List.of(new Tier("web", Cpus.of(16), DataSize.gibibytes(1), DataSize.ZERO, least, most, List.of(), false, Optional.empty())), promised, Optional.of(0.01));
    }

    private void runs(String service, int replicas) {
        for (int i = 0; i < replicas; i++) {
            site.running(VeeSpec.of("%s-%d".formatted(service, i), 16, DataSize.gibibytes(1)).tagged(Map.of(VeeChanged.SERVICE_TAG, service, VeeChanged.COMPONENT_TAG, "web")));
        }
    }

    @Test
    void whatFitsAlsoWhenAHostIsLostIsPromisedAndWhatNeedsAllHostsIsNot() {
        var placements = site.veem.placements();
        assertThat(placements.admission(service("new", 1, 8, 0.99), List.of(), List.of()).admitted()).isTrue();
        var refused = placements.admission(service("new", 1, 12, 0.99), List.of(), List.of());
        assertThat(refused.admitted()).as("one of three hosts is down three hundredths of the time").isFalse();
        assertThat(refused.honoured().rate()).isBetween(0.95, 0.985);
        assertThat(refused.honoured().low()).isLessThan(refused.honoured().rate());
        assertThat(refused.help()).anySatisfy(help -> assertThat(help).startsWith("a promise of at most 9")).contains("at most 8 of web").anySatisfy(help -> assertThat(help).contains("more hosts"));
        assertThat(String.join(" ", refused.help())).doesNotContain("h1").doesNotContain("h2").doesNotContain("h3");
        assertThat(placements.admission(service("new", 13, 13, 0.5), List.of(), List.of()).help()).last().isEqualTo("more room on the site's hosts for its least replicas");
    }

    @Test
    void whatOthersWerePromisedIsLeftToThemWhetherItRunsOrNot() {
        var placements = site.veem.placements();
        var wish = service("new", 1, 4, 0.99);
        assertThat(placements.admission(wish, List.of(service("service-1", 1, 4, 0.99)), List.of()).admitted()).isTrue();
        var full = List.of(service("service-1", 1, 8, 0.99));
        assertThat(placements.admission(wish, full, List.of()).admitted()).isFalse();
        runs("service-1", 3);
        assertThat(placements.admission(wish, full, List.of()).admitted()).as("three of its eight run").isFalse();
        assertThat(placements.admission(wish, List.of(service("service-1", 1, 4, 0.99)), List.of()).admitted()).as("what runs is counted once").isTrue();
        assertThat(placements.admission(wish, List.of(), List.of(service("service-1", 1, 8, 0))).admitted()).as("what was promised nothing may still grow").isFalse();
        assertThat(placements.admission(wish, List.of(), List.of(service("service-1", 1, 3, 0))).admitted()).isTrue();
    }

    @Test
    void nobodyWhoWasPromisedLessMakesWayForWhoIsPromisedMore() {
        var placements = site.veem.placements();
        runs("service-1", 6);
        var before = List.of(service("service-1", 6, 8, 0.98));
        var verdict = placements.admission(service("new", 1, 4, 0.99), before, List.of());
        assertThat(verdict.admitted()).isFalse();
        assertThat(placements.admit(ADMIN, service("alone", 1, 2, 0.9)).admitted()).isTrue();
    }

    @Test
    void whoWouldHaveAllThatItWantsIsNotToldToPromiseLessWhenOthersWouldFallShort() {
        var before = List.of(service("service-1", 1, 4, 0.98), service("service-2", 1, 4, 0.98));
        var verdict = site.veem.placements().admission(service("new", 1, 1, 0.99), before, List.of());
        assertThat(verdict.admitted()).isFalse();
        assertThat(verdict.honoured().low()).isGreaterThan(0.99);
        assertThat(verdict.help()).containsExactly("more hosts, or hosts that are down less often");
    }

    private static ServiceToAdmit pair(String name, int eachAtMost, Optional<String> together) {
        var tiers = List.of("web", "db").stream().map(tier -> new Tier(tier, Cpus.of(16), DataSize.gibibytes(1), DataSize.ZERO, 1, eachAtMost, List.of(), false, together)).toList();
        return new ServiceToAdmit(name, tiers, 0.99, Optional.of(0.01));
    }

    @Test
    void tiersThatShareAHostArePromisedWhatOneHostHoldsAndNoMore() {
        var placements = site.veem.placements();
        assertThat(placements.admission(pair("new", 3, Optional.empty()), List.of(), List.of()).admitted()).as("six of 16 CPUs, on any hosts").isTrue();
        var refused = placements.admission(pair("new", 3, Optional.of("web")), List.of(), List.of());
        assertThat(refused.admitted()).as("six of 16 CPUs, on one host of 64").isFalse();
        assertThat(refused.help()).contains("at most 2 of web, at most 2 of db").contains("leave to use several hosts for web and db, bound to one by a network of theirs that joins one host only, or by affinity")
                .last().isEqualTo("larger hosts: none has room for all that shares one");
        assertThat(refused.why().getLast()).isEqualTo("With all hosts up, at its most: 1 host has too little cpu left, 2 hosts are where its group is not (gather).");
        assertThat(placements.admission(pair("new", 2, Optional.of("web")), List.of(), List.of()).admitted()).isTrue();
    }

    @Test
    void theHostThatOthersShareIsLeftToThemUnlessTheyRunOnSeveral() {
        var placements = site.veem.placements();
        var wish = service("new", 1, 4, 0.97);
        assertThat(placements.admission(wish, List.of(pair("service-1", 2, Optional.of("web"))), List.of()).admitted()).as("each has a host and there is one more").isTrue();
        var first = site.running(VeeSpec.of("a", 16, DataSize.gibibytes(1)).tagged(Map.of(VeeChanged.SERVICE_TAG, "service-1", VeeChanged.COMPONENT_TAG, "web")));
        var second = site.running(VeeSpec.of("b", 16, DataSize.gibibytes(1)).tagged(Map.of(VeeChanged.SERVICE_TAG, "service-1", VeeChanged.COMPONENT_TAG, "db")));
        assertThat(first.host()).as("striping").isNotEqualTo(second.host());
        assertThat(placements.admission(wish, List.of(pair("service-1", 2, Optional.of("web"))), List.of()).admitted()).as("who runs on two hosts is not failed for it").isTrue();
    }

    @Test
    void aTierThatWantsMoreAtLeastThanAtMostIsRefusedAlsoWhenItAlwaysWantsItsMost() {
        assertThatThrownBy(() -> site.veem.placements().admit(ADMIN, service("new", 9, 3, 0.9))).isInstanceOf(Refused.class).hasMessageContaining("from 9 to 3 replicas");
    }

    private static ServiceToAdmit apart(int most, Optional<String> together) {
        return new ServiceToAdmit("new", List.of(new Tier("web", Cpus.of(1), DataSize.gibibytes(1), DataSize.ZERO, 1, most, List.of(), true, together)), 0.9, Optional.of(0.01));
    }

    @Test
    void whyThereIsNoRoomAtItsMostIsToldWithoutTheNamesOfHosts() {
        var refused = site.veem.placements().admission(apart(4, Optional.empty()), List.of(), List.of());
        assertThat(refused.admitted()).isFalse();
        assertThat(refused.why().getLast()).isEqualTo("With all hosts up, at its most: 3 hosts hold as many of its group as may be in one place (spread).");
        assertThat(site.veem.placements().admit(ADMIN, apart(4, Optional.empty())).why()).anyMatch(why -> why.startsWith("With all hosts up, at its most: 3 hosts hold"));
    }

    @Test
    void aTierWhoseReplicasAreBothApartAndOnOneHostIsRefused() {
        assertThatThrownBy(() -> site.veem.placements().admit(ADMIN, apart(2, Optional.of("x")))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("BAD_TIER");
            assertThat(refused.getMessage()).contains("Tier web", "apart", "together");
        });
    }

    private static ServiceToAdmit licensed(int most, String licence) {
        return new ServiceToAdmit("new", List.of(new Tier("web", Cpus.of(1), DataSize.gibibytes(1), DataSize.ZERO, 1, most, List.of(), false, Optional.empty(), List.of(licence))), 0.9, Optional.of(0.01));
    }

    @Test
    void seatsThatAreNotThereAreNotPromised() {
        var placements = site.veem.placements();
        site.veem.licences().set(ADMIN, new Licence.Terms("oracle", 3, false));
        assertThat(placements.admission(licensed(3, "oracle"), List.of(), List.of()).admitted()).isTrue();
        site.running(VeeSpec.of("db", 1, DataSize.gibibytes(1)).wishing(VeeSpec.Wish.ANYWHERE.licensed(List.of("oracle"))));
        var refused = placements.admission(licensed(3, "oracle"), List.of(), List.of());
        assertThat(refused.admitted()).as("one of three is taken").isFalse();
        assertThat(refused.help()).contains("at most 2 of web", "more seats of licence oracle");
        assertThat(refused.why().getLast()).isEqualTo("With all hosts up, at its most: 3 hosts would need a seat of a licence of which all are taken.");
        assertThat(placements.admission(licensed(2, "oracle"), List.of(), List.of()).admitted()).isTrue();
        assertThat(placements.admission(licensed(1, "oracle"), List.of(new ServiceToAdmit("service-1", licensed(2, "oracle").tiers(), 0.9, Optional.of(0.01))), List.of()).admitted())
                .as("two were promised to another").isFalse();
        assertThatThrownBy(() -> placements.admission(licensed(1, "oracel"), List.of(), List.of())).isInstanceOfSatisfying(Refused.class, unknown -> {
            assertThat(unknown.code()).isEqualTo("LICENCE_NOT_FOUND");
            assertThat(unknown.getMessage()).startsWith("Tier web asks for licence 'oracel'");
        });
    }
}
