package org.reservoir.veem.placing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Decision.NoRoom;
import org.reservoir.placement.Objection;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.VeeRecord;

/** Tells what speaks against a VEE on a host in the words by which its user asked: the option, and the VEE that is in the way. */
final class Objected {
    private static final int NAMED = 3;

    private final Handle sql;
    private final Map<Long, HostTable.HostRecord> records;
    private final Map<Long, String> hosts;
    private final Set<Long> asleep;
    /** Who is there of a group, by group and host: many VEEs of one group may be refused at once. */
    private final Map<String, List<String>> members = new HashMap<>();
    private final Map<String, String> places = new HashMap<>();

    Objected(Handle sql, List<HostTable.HostRecord> known) {
        this.sql = sql;
        asleep = known.stream().filter(host -> host.state().drowsy()).map(host -> host.id().value()).collect(Collectors.toSet());
        records = known.stream().collect(Collectors.toMap(host -> host.id().value(), host -> host));
        hosts = known.stream().collect(Collectors.toMap(host -> host.id().value(), HostTable.HostRecord::name));
    }

    String line(VeeRecord vee, Objection objection) {
        var words = words(vee, objection);
        return "%s; what would help: %s".formatted(words.text(), words.change());
    }

    String text(VeeRecord vee, Objection objection) {
        return words(vee, objection).text();
    }

    /** @param waiting who was asked for together, the VEE of the decision among them @param leaving hosts that they are to leave, which are no help */
    String reason(Map<VeeId, VeeRecord> waiting, Decision refused, List<HostId> leaving) {
        return switch (refused) {
            case NoRoom none -> reason(waiting.get(new VeeId(none.demand().id())), none, leaving);
            case Decision.Incomplete(var demand, _, var fit, var of, var cause) -> {
                var first = waiting.get(new VeeId(cause.demand().id()));
                yield "its set %s is placed as a whole or not at all: %d of %d have room. The first without is %s: %s%s".formatted(
                        waiting.get(new VeeId(demand.id())).spec().placement().set().orElseThrow(), fit, of, first.name(), reason(first, cause, leaving), fit == 0 ? "" : " Or ask for no more than %d of them.".formatted(fit));
            }
            case Decision.Placed placed -> throw new IllegalStateException("there is no reason against " + placed);
        };
    }

    private String reason(VeeRecord vee, NoRoom none, List<HostId> leaving) {
        var elsewhere = none.without(leaving.stream().map(HostId::value).collect(Collectors.toSet()));
        return leaving.isEmpty() || !elsewhere.first().isEmpty() ? reason(vee, elsewhere) : "there is no other host that it could go to. What would help: add a host (reservoir host add).";
    }

    /** Why a VEE has no place: how many hosts say no to what, what the nearest says, and what would help. */
    private String reason(VeeRecord vee, NoRoom none) {
        var nearest = none.nearest().stream().map(it -> words(vee, it)).toList();
        var said = nearest.stream().map(Objection::text).collect(Collectors.joining(", "));
        var help = nearest.isEmpty() ? none.advice() : nearest.stream().map(Objection::change).collect(Collectors.joining(" and "));
        var sleepers = asleep.isEmpty() ? "" : asleep.size() == 1 ? " 1 host sleeps; it is woken if that makes room." : " %d hosts sleep; one is woken if that makes room.".formatted(asleep.size());
        return "no host takes it: %s%s. What would help: %s.%s".formatted(none.summary(), said.isEmpty() ? "" : "; nearest, " + said, help, sleepers);
    }

    private Objection words(VeeRecord vee, Objection objection) {
        var group = vee.spec().placement().group().orElse("");
        return switch (objection.constraint()) {
            case "spread" -> {
                var there = there(vee, objection.host());
                yield with(objection, "%s: group %s is --apart and %s is there".formatted(hosts.get(objection.host()), group, there), "move %s away, or create the VEE without --apart".formatted(there));
            }
            case "gather" -> {
                var place = placeOf(group);
                yield with(objection, "%s: group %s is --together on %s".formatted(hosts.get(objection.host()), group, place), "make room on %s, or create the VEE without --together".formatted(place));
            }
            case "usable" -> with(objection, records.get(objection.host()).hindrance(), records.get(objection.host()).remedy());
            case "fence" -> with(objection, objection.text().replaceFirst("is outside the fence only [^,]*, because ", "is not the host that was asked for: "), objection.change());
            case "ban" -> with(objection, objection.text().replaceFirst(" is banned for group [^,]*, because ", ": "), objection.change());
            case "licence" -> with(objection, objection.text(), objection.change().replaceFirst("licence ([\\w.-]+)", "licence $1 (reservoir licence set $1 --seats N)"));
            default -> objection;
        };
    }

    private static Objection with(Objection objection, String text, String change) {
        return new Objection(objection.host(), objection.constraint(), text, change, objection.effort());
    }

    private String placeOf(String group) {
        return places.computeIfAbsent(group, _ -> sql.createQuery("select coalesce(destination, host) from veem.vee where host is not null and affinity = :group and state <> 'TERMINATED' order by id limit 1")
                .bind("group", group).mapTo(Long.class).findOne().map(hosts::get).orElse("another host"));
    }

    private String there(VeeRecord vee, long host) {
        var group = vee.spec().placement().group().orElse("");
        var names = members.computeIfAbsent(group + "@" + host, _ -> sql.createQuery("""
                        select name from veem.vee where coalesce(destination, host) = :host and affinity = :group and state <> 'TERMINATED' order by id limit :most""")
                .bind("host", host).bind("group", group).bind("most", NAMED + 1).mapTo(String.class).list());
        var others = names.stream().filter(name -> !name.equals(vee.name())).limit(NAMED).toList();
        return others.isEmpty() ? "another of it" : String.join(", ", others);
    }
}
