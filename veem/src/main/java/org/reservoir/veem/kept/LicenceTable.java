package org.reservoir.veem.kept;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.Spelling;
import org.reservoir.kernel.VeeId;

/** The table of licences, and who asks for them. */
public final class LicenceTable {
    private static final RowMapper<Licence.Terms> TERMS = (row, _) -> new Licence.Terms(row.getString("name"), row.getInt("seats"), row.getBoolean("per_host"));

    private LicenceTable() {}

    /** By name. */
    public static List<Licence.Terms> all(Handle sql) {
        return sql.createQuery("select name, seats, per_host from veem.licence order by name").map(TERMS).list();
    }

    /** Those of these names that there are. */
    public static List<Licence.Terms> named(Handle sql, Collection<String> names) {
        return names.isEmpty() ? List.of() : sql.createQuery("select name, seats, per_host from veem.licence where name = any (:names) order by name").bindArray("names", String.class, names).map(TERMS).list();
    }

    public static void put(Handle sql, Licence.Terms terms) {
        sql.createUpdate("insert into veem.licence (name, seats, per_host) values (:name, :seats, :perHost) on conflict (name) do update set seats = :seats, per_host = :perHost")
                .bind("name", terms.name()).bind("seats", terms.seats()).bind("perHost", terms.perHost()).execute();
    }

    /** Afterwards no VEE can come to ask for it until the transaction ends, and who asks for it already can be seen. */
    public static boolean delete(Handle sql, String name) {
        return sql.createUpdate("delete from veem.licence where name = :name").bind("name", name).execute() > 0;
    }

    /** Keeps the licences from being removed before the VEEs that ask for them are written. @throws Refused {@code LICENCE_NOT_FOUND} */
    public static void require(Handle sql, List<VeeSpec> specs) {
        var wanted = new TreeSet<String>();
        specs.forEach(spec -> wanted.addAll(spec.placement().licences()));
        if (wanted.isEmpty()) {
            return;
        }
        sql.createQuery("select name from veem.licence where name = any (:names) order by name for key share").bindArray("names", String.class, wanted).mapTo(String.class).forEach(wanted::remove);
        specs.forEach(spec -> spec.placement().licences().stream().filter(wanted::contains).findFirst().ifPresent(name -> {
            throw notFound(sql, "VEE " + spec.name(), name);
        }));
    }

    /** @throws Refused {@code LICENCE_NOT_FOUND} when one of these is not there now @param who asks for them */
    public static void check(Handle sql, String who, Collection<String> names) {
        if (!names.isEmpty()) {
            var known = named(sql, names).stream().map(Licence.Terms::name).toList();
            names.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
                throw notFound(sql, who, name);
            });
        }
    }

    public static Refused notFound(Handle sql, String name) {
        return Refused.notFound("LICENCE_NOT_FOUND", "There is no licence '%s'.".formatted(name), advice(sql, name));
    }

    private static Refused notFound(Handle sql, String who, String name) {
        return Refused.notFound("LICENCE_NOT_FOUND", "%s asks for licence '%s', and the site has none of that name.".formatted(who, name), advice(sql, name));
    }

    private static String advice(Handle sql, String name) {
        var known = Spelling.advice(name, all(sql).stream().map(Licence.Terms::name).toList());
        return "%s%sAn administrator declares one: reservoir licence set %s --seats N".formatted(known, known.isEmpty() ? "" : " ", name);
    }

    /** Names of some VEEs that ask for it, wherever they are or wait. */
    public static List<String> askers(Handle sql, String name, int most) {
        return sql.createQuery("select name from veem.vee where licences is not null and :licence = any (licences) and state <> 'TERMINATED' order by id limit :most")
                .bind("licence", name).bind("most", most).mapTo(String.class).list();
    }

    /** Those that ask for it; one that moves is where it goes. */
    public static Licence licence(Handle sql, Licence.Terms terms) {
        var holders = new ArrayList<Licence.Holder>();
        var hosts = new TreeSet<String>();
        int members = 0;
        int waiting = 0;
        for (var asker : sql.createQuery("""
                        select v.id, v.name, h.name as host from veem.vee v left join veem.host h on h.id = coalesce(v.destination, v.host)
                        where v.licences is not null and :licence = any (v.licences) and v.state <> 'TERMINATED' order by v.id""").bind("licence", terms.name())
                .map((row, _) -> new Asker(new VeeId(row.getLong("id")), row.getString("name"), Optional.ofNullable(row.getString("host")))).list()) {
            asker.host().ifPresent(host -> {
                hosts.add(host);
                if (holders.size() < Licence.MOST_HOLDERS) {
                    holders.add(new Licence.Holder(asker.vee(), asker.name(), host));
                }
            });
            members += asker.host().isPresent() ? 1 : 0;
            waiting += asker.host().isPresent() ? 0 : 1;
        }
        return new Licence(terms.name(), terms.seats(), terms.perHost(), terms.perHost() ? hosts.size() : members, members, waiting, List.copyOf(hosts), holders);
    }

    private record Asker(VeeId vee, String name, Optional<String> host) {}

    /** The first licence of which there is no seat for the VEE on the host, beside those that others have and what it has itself; under the lock of placement. */
    public static Optional<Licence.Terms> lacking(Handle sql, VeeRecord vee, HostId host) {
        return named(sql, vee.spec().placement().licences()).stream().filter(terms -> terms.perHost() || vee.host().isEmpty()).filter(terms -> {
            var others = sql.createQuery("select coalesce(destination, host) from veem.vee where licences is not null and :licence = any (licences) and state <> 'TERMINATED' and host is not null and id <> :vee")
                    .bind("licence", terms.name()).bind("vee", vee.id().value()).mapTo(Long.class).list();
            return terms.perHost() ? !others.contains(host.value()) && others.stream().distinct().count() >= terms.seats() : others.size() >= terms.seats();
        }).findFirst();
    }
}
