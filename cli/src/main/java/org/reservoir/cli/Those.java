package org.reservoir.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which VEEs a command is for: those named, or those that fit a filter. */
final class Those {
    static final Opt[] OPTIONS = {
            Opt.flag("--all", "All VEEs that you may see, or those of them that fit what follows.", ""),
            Opt.texts("--tag", "KEY=VALUE", "Those with this tag; with several, those that have each.", ""),
            Opt.text("--service", "SERVICE", "Those of this service.", ""),
            Opt.text("--state", "STATE", "Those in this state, such as running.", ""),
            Opt.text("--on", "HOST", "Those on this host.", "")};

    private Those() {}

    /** Fields of a request for many. @throws Failure when the command line names none, or both names and a filter */
    static Map<String, Object> of(Invocation call) {
        var filter = new LinkedHashMap<String, Object>();
        if (call.has("--all")) {
            filter.put("all", true);
        }
        if (call.has("--tag")) {
            filter.put("tags", call.values("--tag"));
        }
        call.option("--service").ifPresent(service -> filter.put("service", service));
        call.option("--state").ifPresent(state -> filter.put("states", List.of(state.toUpperCase(java.util.Locale.ROOT).replace('-', '_'))));
        call.option("--on").ifPresent(host -> filter.put("host", host));
        if (filter.isEmpty() == call.values("VEE").isEmpty()) {
            throw Failure.usage("Say which VEEs: either by name or id, or by --all, --tag, --service, --state or --on.", "");
        }
        return filter.isEmpty() ? Map.of("vees", call.values("VEE")) : filter;
    }
}
