package org.reservoir.cli;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where measurements of services cross to other sites. */
final class BorderNoun {
    private static final String BORDERS = "/api/monitoring/v1/borders";
    private static final String SERVICE = "By id or name.";
    private static final String PEER = "What you call the other site.";

    private BorderNoun() {}

    static Noun noun() {
        return Noun.of("border", "Where measurements of a service cross between this site and others; hosts' never do. For administrators.", () -> List.of(
                Verb.of("list", "List borders, out and in.", Call.table(BORDERS, "SERVICE", "PEER", "DIRECTION", "AT", "STREAMS", "PASSED", "REFUSED", "PROBLEM")).options(Call.WATCH),
                Verb.of("admit", "Let measurements of a service in from a peer; the key for it is printed this once.", BorderNoun::admit).arg("SERVICE", SERVICE).arg("PEER", PEER)
                        .example("border admit shop madrid > madrid.key"),
                Verb.of("dismiss", "Let them in no more.", Call.send("DELETE", BORDERS + "/{SERVICE}/in/{PEER}").hint("Dismissed.")).arg("SERVICE", SERVICE).arg("PEER", PEER),
                Verb.of("open", "Have a service's measurements cross to a peer.", BorderNoun::open).arg("SERVICE", SERVICE).arg("PEER", PEER)
                        .options(Opt.text("--at", "ADDRESS:PORT", "Where the peer hears (its site's --hear-agents).", "at").needed(),
                                Opt.text("--key", "FILE", "The key that 'border admit' printed there.", "").needed(),
                                Opt.text("--over", "tls|tcp", "Under the peer's certificate (tls, when left out), or sealed with the key alone.", "over"),
                                Opt.text("--trust", "FILE", "PEM certificates that vouch for the peer's; those that the site's machine trusts when left out.", ""),
                                Opt.text("--as", "SERVICE", "The service's id at the peer, such as service-7; the same when left out.", "abroad"))
                        .example("border open shop home --at home.example.org:8475 --key home.key --as service-7"),
                Verb.of("close", "End that; what waits on disk for the peer waits until it is opened again.", Call.send("DELETE", BORDERS + "/{SERVICE}/out/{PEER}").hint("Closed."))
                        .arg("SERVICE", SERVICE).arg("PEER", PEER)));
    }

    private static void admit(Invocation call) {
        AgentNoun.issued(call, call.site().send("POST", call.path(BORDERS + "/{SERVICE}/in"), Map.of(), Json.write(Map.of("peer", call.arg("PEER")), false)),
                "Keep it now: it is not shown again. The other site gives it to: reservoir border open --key FILE ...");
    }

    private static void open(Invocation call) {
        var body = new LinkedHashMap<String, Object>(call.body(Map.of("PEER", "peer")));
        body.put("key", text(call, "--key").strip());
        if (call.has("--trust")) {
            body.put("trust", text(call, "--trust"));
        }
        call.site().send("POST", call.path(BORDERS + "/{SERVICE}/out"), Map.of(), Json.write(body, false));
        call.hint("See whether it is connected with: reservoir border list");
    }

    /** By file, for what stands in a command line is seen by all. */
    private static String text(Invocation call, String option) {
        return new String(call.bytes(call.option(option).orElseThrow()), StandardCharsets.UTF_8);
    }
}
