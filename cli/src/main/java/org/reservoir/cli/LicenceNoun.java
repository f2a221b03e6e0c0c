package org.reservoir.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Licences of what runs in guests, whose seats are counted. */
final class LicenceNoun {
    private static final String LICENCES = "/api/placement/v1/licences";
    private static final String LICENCE = LICENCES + "/{NAME}";
    private static final String WHICH = "By its name.";
    private static final String[] COLUMNS = {"NAME", "SEATS", "PER=perHost", "TAKEN", "WAITING", "HOSTS", "VEES=holders"};

    private LicenceNoun() {}

    static Noun noun() {
        return new Noun("licence", "Licences of what runs in guests: how many seats there are, and who has them; for administrators.", List.of("license"), List.of(
                Verb.of("list", "List licences with who has their seats.", Call.table(LICENCES, COLUMNS).shown(LicenceNoun::shown)).options(Call.WATCH),
                Verb.of("show", "Show a licence with who has its seats; all of it with -o yaml.", Call.get(LICENCE).shown(LicenceNoun::shown)).options(Call.WATCH).arg("NAME", WHICH),
                Verb.of("set", "Say how many seats of a licence there are. VEEs ask for one by 'vee create --licence'.", new Set()).arg("NAME", "By which VEEs ask for it.")
                        .options(Opt.number("--seats", "N", "So many VEEs that ask for it may have a place at a time.", "seats").needed(),
                                Opt.flag("--per-host", "Each host takes a seat, whatever number of these VEEs is on it.", "perHost"))
                        .example("licence set oracle --seats 4").example("licence set windows-datacenter --seats 2 --per-host"),
                Verb.of("remove", "Take away a licence that no VEE asks for.", Call.send("DELETE", LICENCE).hint("Removed.")).arg("NAME", WHICH)));
    }

    private static Object shown(Object licence) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(licence));
        shown.put("perHost", Boolean.TRUE.equals(Json.at(licence, "perHost")) ? "host" : "VEE");
        var holders = Json.list(Json.at(licence, "holders"));
        var named = new java.util.ArrayList<>(holders.stream().map(holder -> Json.text(holder, "name")).toList());
        long more = whole(licence, "members") - holders.size();
        if (more > 0) {
            named.add("and %d more".formatted(more));
        }
        shown.put("holders", named);
        return shown;
    }

    private static long whole(Object licence, String field) {
        return Long.parseLong(Json.text(licence, field));
    }

    private record Set() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var licence = call.site().send("PUT", LICENCES, Map.of(), Json.write(call.body(Map.of("NAME", "name")), false));
            call.output().list(List.of(call.forPeople() ? shown(licence) : licence), Column.of(COLUMNS));
            if (whole(licence, "taken") > whole(licence, "seats")) {
                call.hint("More seats are taken than there are. Nobody is moved or ended for it; nobody new gets one until fewer are taken.");
            }
        }
    }
}
