package org.reservoir.servicemanager;

import java.util.List;
import java.util.Set;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.Licences;
import org.reservoir.kernel.Refused;

/** Knows licences by name. */
record FakeLicences(Set<String> known) implements Licences {
    @Override
    public void require(String who, List<String> names) {
        names.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw Refused.notFound("LICENCE_NOT_FOUND", "%s asks for licence '%s', and the site has none of that name.".formatted(who, name), "");
        });
    }

    @Override
    public List<Licence> licences(Caller caller) {
        throw FakeSite.notOurs();
    }

    @Override
    public Licence licence(Caller caller, String name) {
        throw FakeSite.notOurs();
    }

    @Override
    public Licence set(Caller caller, Licence.Terms terms) {
        throw FakeSite.notOurs();
    }

    @Override
    public void remove(Caller caller, String name) {
        throw FakeSite.notOurs();
    }
}
