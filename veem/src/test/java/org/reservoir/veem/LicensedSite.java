package org.reservoir.veem;

import static org.reservoir.veem.SimulatedSite.ADMIN;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.Licences;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.kept.VeeRecord;

/** A site with licences, on three hosts of 64 CPUs. */
abstract class LicensedSite extends ReviewedSite {
    Licences licences() {
        return site.veem.licences();
    }

    Licence set(String name, int seats, boolean perHost) {
        return licences().set(ADMIN, new Licence.Terms(name, seats, perHost));
    }

    VeeSpec licensed(String name, String... licences) {
        return spec(name).wishing(VeeSpec.Wish.ANYWHERE.licensed(List.of(licences)));
    }

    List<VeeRecord> made(int count, String... licences) {
        var made = site.veem.vees().create(ADMIN, IntStream.rangeClosed(1, count).mapToObj(i -> licensed("db" + i, licences)).toList());
        site.work();
        return made.stream().map(vee -> site.vee(vee.id())).toList();
    }

    VeeRecord now(VeeRecord vee) {
        return site.vee(vee.id());
    }

    long running() {
        return site.vees().stream().filter(vee -> vee.state() == VeeState.RUNNING).count();
    }

    Set<HostId> hostsOf(List<VeeRecord> vees) {
        return vees.stream().flatMap(vee -> now(vee).host().stream()).collect(Collectors.toSet());
    }

    static String code(Runnable wish) {
        try {
            wish.run();
            return "";
        } catch (Refused refused) {
            return refused.code();
        }
    }
}
