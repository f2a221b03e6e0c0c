package org.reservoir.veem.review;

import java.util.List;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.Licences;
import org.reservoir.kernel.Refused;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.LicenceTable;
import org.reservoir.veem.work.Scheduler;

/** Takes administrators' wishes about licences; who waits for a seat is looked at again. */
public final class LicenceDesk implements Licences {
    private static final int NAMED = 3;

    private final SiteDatabase database;
    private final Runnable place;

    /** @param place tells that VEEs may have got a place */
    public LicenceDesk(SiteDatabase database, Runnable place) {
        this.database = database;
        this.place = place;
    }

    @Override
    public List<Licence> licences(Caller caller) {
        PlacementDesk.requireAdministrator(caller);
        return database.read(sql -> LicenceTable.all(sql).stream().map(terms -> LicenceTable.licence(sql, terms)).toList());
    }

    @Override
    public Licence licence(Caller caller, String name) {
        PlacementDesk.requireAdministrator(caller);
        return database.read(sql -> require(sql, name));
    }

    @Override
    public void require(String who, List<String> names) {
        database.run(transaction -> LicenceTable.check(transaction.sql(), who, names));
    }

    private static Licence require(Handle sql, String name) {
        return LicenceTable.named(sql, List.of(name)).stream().findFirst().map(terms -> LicenceTable.licence(sql, terms)).orElseThrow(() -> LicenceTable.notFound(sql, name));
    }

    /** Under the lock of placement: once it is answered, nobody is being given a seat that it took away. */
    @Override
    public Licence set(Caller caller, Licence.Terms terms) {
        PlacementDesk.requireAdministrator(caller);
        var set = database.transact(transaction -> {
            Scheduler.alone(transaction.sql());
            LicenceTable.put(transaction.sql(), terms);
            return require(transaction.sql(), terms.name());
        });
        place.run();
        return set;
    }

    @Override
    public void remove(Caller caller, String name) {
        PlacementDesk.requireAdministrator(caller);
        database.run(transaction -> {
            if (!LicenceTable.delete(transaction.sql(), name)) {
                throw LicenceTable.notFound(transaction.sql(), name);
            }
            var askers = LicenceTable.askers(transaction.sql(), name, NAMED + 1);
            if (!askers.isEmpty()) {
                var named = String.join(", ", askers.stream().limit(NAMED).toList()) + (askers.size() > NAMED ? " and others" : "");
                throw Refused.conflict("LICENCE_IN_USE", "VEEs ask for licence %s: %s.".formatted(name, named),
                        "Terminate them first, or give nobody new a seat: reservoir licence set %s --seats 0".formatted(name));
            }
        });
    }
}
