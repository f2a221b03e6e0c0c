package org.reservoir.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Licences of what runs in guests, whose seats are counted. */
final class LicenceNoun {
    private static final String LICENCES = "/api/placement/v1/licences";
    private static final String LICENCE = LICENCES + "/{NAME}";
    private static final String WHICH = "By its name.";
    private static final String[] COLUMNS = {"NAME", "SEATS", "PER", "TAKEN", "WAITING", "HOSTS", "VEES=holders"};

    private LicenceNoun() {}

    static Noun noun() {
        return new Noun("licence", "Licences of what runs in guests: how many seats there are, and who has them; for administrators.", List.of("license"), () -> List.of(
                Verb.of("list", "List licences with who has their seats.", Call.table(LICENCES, COLUMNS).shown(LicenceNoun::row)).options(Call.WATCH),
                Verb.of("show", "Show a licence with who has its seats; all of it with -o yaml.", Call.get(LICENCE).shown(LicenceNoun::whole)).options(Call.WATCH).arg("NAME", WHICH),
                Verb.of("set", "Say how many seats of a licence there are. VEEs ask for one by 'vee create --licence'.", new Set()).arg("NAME", "By which VEEs ask for it.")
                        .options(Opt.number("--seats", "N", "So many VEEs that ask for it may have a place at a time.", "seats").needed(),
                                Opt.flag("--per-host", "Each host takes a seat, whatever number of these VEEs is on it.", "perHost"))
                        .example("licence set oracle --seats 4").example("licence set windows-datacenter --seats 2 --per-host"),
                Verb.of("remove", "Take away a licence that no VEE asks for.", Call.send("DELETE", LICENCE).hint("Removed.")).arg("NAME", WHICH)));
    }

    private static Object row(Object licence) {
        return shown(licence, holder -> Json.text(holder, "name"));
    }

    private static Object whole(Object licence) {
        return shown(licence, holder -> "%s on %s".formatted(Json.text(holder, "name"), Json.text(holder, "host")));
    }

    private static Object shown(Object licence, Function<Object, String> holder) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("name", Json.at(licence, "name"));
        shown.put("seats", Json.at(licence, "seats"));
        shown.put("per", Boolean.TRUE.equals(Json.at(licence, "perHost")) ? "host" : "VEE");
        for (var field : List.of("taken", "members", "waiting", "hosts")) {
            shown.put(field, Json.at(licence, field));
        }
        var holders = Json.list(Json.at(licence, "holders"));
        long more = number(licence, "members") - holders.size();
        shown.put("holders", Stream.concat(holders.stream().map(holder), more > 0 ? Stream.of("and %d more".formatted(more)) : Stream.empty()).toList());
        return shown;
    }

    private static long number(Object licence, String field) {
        return Long.parseLong(Json.text(licence, field));
    }

    private record Set() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var licence = call.site().send("PUT", LICENCES, Map.of(), Json.write(call.body(Map.of("NAME", "name")), false));
            call.output().list(List.of(call.forPeople() ? row(licence) : licence), Column.of(COLUMNS));
            if (number(licence, "taken") > number(licence, "seats")) {
                call.hint("More seats are taken than there are. Nobody is moved or ended for it; nobody new gets one until fewer are taken.");
            }
        }
    }
}
