package org.reservoir.veem.placing;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.DatabaseFailure;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;

/**
 * VEEs that wait for their first places, with all who wait in their sets: what is to be placed all or nothing must be looked at as a whole.
 *
 * @param ready who can be placed, the oldest first
 * @param late  why others of them cannot, whatever room there is
 */
public record WaitingSets(List<VeeRecord> ready, Map<VeeId, String> late) {

    /** Names the set of a VEE that waits for its first place, whatever others call theirs; empty for one that is for itself. */
    public static Optional<String> of(VeeRecord vee) {
        boolean first = vee.host().isEmpty() && vee.task().isEmpty() && (vee.state() == VeeState.PENDING || vee.state() == VeeState.HELD);
        return vee.spec().placement().set().filter(_ -> first).map(set -> "set %s of %s".formatted(set, vee.ownership().user()));
    }

    /** @param some who wait */
    public static WaitingSets with(Handle sql, Collection<VeeRecord> some) {
        var all = new LinkedHashMap<VeeId, VeeRecord>();
        some.forEach(vee -> all.put(vee.id(), vee));
        var names = some.stream().filter(vee -> of(vee).isPresent()).flatMap(vee -> vee.spec().placement().set().stream()).distinct().toList();
        if (names.isEmpty()) {
            return new WaitingSets(List.copyOf(some), Map.of());
        }
        var sets = some.stream().flatMap(vee -> of(vee).stream()).collect(Collectors.toSet());
        var held = new HashMap<String, VeeRecord>();
        for (var other : VeeTable.query(sql, "waits_with = any (?) and state in ('PENDING', 'HELD') order by id", texts(sql, names))) {
            of(other).filter(sets::contains).ifPresent(set -> {
                if (other.state() == VeeState.HELD) {
                    held.putIfAbsent(set, other);
                } else {
                    all.putIfAbsent(other.id(), other);
                }
            });
        }
        var late = new HashMap<VeeId, String>();
        all.values().forEach(vee -> of(vee).map(held::get).ifPresent(other ->
                late.put(vee.id(), "it is placed together with all of its set %s, and %s of it is held".formatted(vee.spec().placement().set().orElseThrow(), other.name()))));
        return new WaitingSets(all.values().stream().filter(vee -> !late.containsKey(vee.id())).toList(), late);
    }

    private static java.sql.Array texts(Handle sql, List<String> names) {
        try {
            return sql.getConnection().createArrayOf("text", names.toArray());
        } catch (java.sql.SQLException failure) {
            throw new DatabaseFailure(failure);
        }
    }
}
