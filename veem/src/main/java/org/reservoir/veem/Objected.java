package org.reservoir.veem;

import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.reservoir.placement.Decision.NoRoom;
import org.reservoir.placement.Objection;

/** Tells what speaks against a VEE on a host in the words by which its user asked: the option, and the VEE that is in the way. */
final class Objected {
    private static final int NAMED = 3;

    private Objected() {}

    static String line(Handle sql, VeeRecord vee, Objection objection) {
        var words = words(sql, vee, objection);
        return "%s; what would help: %s".formatted(words.text(), words.change());
    }

    static String text(Handle sql, VeeRecord vee, Objection objection) {
        return words(sql, vee, objection).text();
    }

    /** Why a VEE has no place: how many hosts say no to what, what the nearest says, and what would help. */
    static String reason(Handle sql, VeeRecord vee, NoRoom none) {
        var nearest = none.objections().stream().filter(it -> it.host() == none.objections().getFirst().host()).map(it -> words(sql, vee, it)).toList();
        var said = nearest.stream().map(Objection::text).collect(Collectors.joining(", "));
        var help = nearest.isEmpty() ? none.advice() : nearest.stream().map(Objection::change).collect(Collectors.joining(" and "));
        return "no host takes it: %s%s. What would help: %s.".formatted(none.summary(), said.isEmpty() ? "" : "; nearest, " + said, help);
    }

    private static Objection words(Handle sql, VeeRecord vee, Objection objection) {
        var group = vee.spec().placement().group().orElse("");
        return switch (objection.constraint()) {
            case "spread" -> {
                var there = members(sql, vee, objection.host());
                yield with(objection, "%s: group %s is --apart and %s is there".formatted(hostName(sql, objection.host()), group, there), "move %s away, or create the VEE without --apart".formatted(there));
            }
            case "gather" -> with(objection, "%s: group %s is --together on another host".formatted(hostName(sql, objection.host()), group), "make room where group %s is, or create the VEE without --together".formatted(group));
            case "fence" -> with(objection, objection.text().replaceFirst("is outside the fence only [^,]*, because ", "is not the host that was asked for: "), objection.change());
            default -> objection;
        };
    }

    private static Objection with(Objection objection, String text, String change) {
        return new Objection(objection.host(), objection.constraint(), text, change, objection.effort());
    }

    private static String members(Handle sql, VeeRecord vee, long host) {
        var names = sql.createQuery("""
                        select name from veem.vee where coalesce(destination, host) = :host and affinity = :group and id <> :vee and state <> 'TERMINATED' order by id limit :most""")
                .bind("host", host).bind("group", vee.spec().placement().group().orElse("")).bind("vee", vee.id().value()).bind("most", NAMED).mapTo(String.class).list();
        return names.isEmpty() ? "another of it" : String.join(", ", names);
    }

    private static String hostName(Handle sql, long host) {
        return sql.createQuery("select name from veem.host where id = :id").bind("id", host).mapTo(String.class).findOne().orElse("host-" + host);
    }
}
