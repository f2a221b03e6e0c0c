package org.reservoir.gateways;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.Licences;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;

/** Licences in memory: all who ask have a seat, for nobody waits here. */
public final class FakeLicences implements Licences {
    private final FakeVees vees;
    private final TreeMap<String, Licence.Terms> all = new TreeMap<>();

    FakeLicences(FakeVees vees) {
        this.vees = vees;
    }

    private static void require(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may do this.", "");
        }
    }

    synchronized void require(VeeSpec spec) {
        spec.placement().licences().forEach(this::known);
    }

    private Licence.Terms known(String name) {
        return Optional.ofNullable(all.get(name)).orElseThrow(() -> Refused.notFound("LICENCE_NOT_FOUND", "There is no licence '%s'.".formatted(name),
                "An administrator declares one: reservoir licence set %s --seats N".formatted(name)));
    }

    private Licence of(Licence.Terms terms) {
        var holders = vees.all().stream().filter(vee -> vee.state() != VeeState.TERMINATED && vee.spec().placement().licences().contains(terms.name())).map(vee -> new Licence.Holder(vee.id(), vee.name(), "n1")).toList();
        var hosts = holders.isEmpty() ? List.<String>of() : List.of("n1");
        return new Licence(terms.name(), terms.seats(), terms.perHost(), terms.perHost() ? hosts.size() : holders.size(), holders.size(), 0, hosts, holders);
    }

    @Override
    public synchronized List<Licence> licences(Caller caller) {
        require(caller);
        return all.values().stream().map(this::of).toList();
    }

    @Override
    public synchronized Licence licence(Caller caller, String name) {
        require(caller);
        return of(known(name));
    }

    @Override
    public synchronized void require(String who, List<String> names) {
        names.forEach(this::known);
    }

    @Override
    public synchronized Licence set(Caller caller, Licence.Terms terms) {
        require(caller);
        all.put(terms.name(), terms);
        return of(terms);
    }

    @Override
    public synchronized void remove(Caller caller, String name) {
        require(caller);
        var asked = of(known(name)).holders();
        if (!asked.isEmpty()) {
            throw Refused.conflict("LICENCE_IN_USE", "VEEs ask for licence %s: %s.".formatted(name, asked.getFirst().name()),
                    "Terminate them first, or give nobody new a seat: reservoir licence set %s --seats 0".formatted(name));
        }
        all.remove(name);
    }
}
