package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.act;
import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.patch;
import static org.reservoir.gateways.rest.Route.post;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vhi.ScreenAddress;
import org.reservoir.interfaces.vmi.GuestReport;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/** VEEs over REST. */
final class VeeRoutes {
    static final String VEES = "/api/veem/v1/vees";
    private static final String VEE = VEES + "/{vee}";
    /** Actions by their name in paths: {@code power-off} for {@code PowerOff}. */
    static final Map<String, Class<?>> ACTIONS = actions();

    private final Vmi vmi;
    private final Vees vees;
    private final Names names;
    private final ManyVees many;
    private final WrittenVees summaries = new WrittenVees(VeeSummary::of);
    private final WrittenVees whole = new WrittenVees(vee -> vee);

    VeeRoutes(Vmi vmi, Optional<Services> services, Names names) {
        this.vmi = vmi;
        this.vees = vmi.vees();
        this.names = names;
        many = new ManyVees(vees, services, names);
    }

    /** What may be changed at once; what is left out stays. */
    record VeeChange(Optional<String> name, Optional<Map<String, String>> tags, Optional<Map<String, String>> notes, Optional<Ownership> ownership) {}

    List<Route> routes() {
        var routes = new ArrayList<>(List.of(
                get(VEES, "vee.list", "Lists VEEs that the caller may see.", this::list).pages(VeeSummary.class)
                        .query("state", "Only in these states, separated by commas.").query("host", "Only on this host, by id or name.")
                        .query("name", "Only of this name.").query("tag", "Only with these tags: key=value, separated by commas.")
                        .query("service", "Only of this service, by id or name.")
                        .query("terminated", "Also those that are gone.", Boolean.class)
                        .query("view", "How much of each: 'full' gives whole VEEs.", List.of("summary", "full"))
                        .answers(Shape.either(new Shape.Paged(VeeSummary.class), new Shape.Paged(Vee.class))),
                create(VEES, "vee.create", "Makes a VEE, or all of a list of VEEs or none; they are placed together.", this::make)
                        .takes(Shape.either(Shape.of(VeeSpec.class), new Shape.Many(VeeSpec.class))).upTo(16 << 20)
                        .answers(Shape.either(Shape.of(Vee.class), new Shape.Many(Vee.class))),
                get(VEE, "vee.show", "Shows a VEE.", x -> Answer.of(whole.of(vees.vee(x.caller(), vee(x))))).answers(Vee.class),
                patch(VEE, "vee.change", "Changes name, tags, notes or ownership.", this::change).takes(VeeChange.class).answers(Vee.class),
                delete(VEE, "vee.terminate", "Ends a VEE for good.", this::terminate).query("hard", "Without letting the guest shut down.", Boolean.class)
                        .answers(Vee.class),
                get(VEE + "/history", "vee.history", "What happened to a VEE, oldest first.", x -> Answer.of(vees.history(x.caller(), vee(x))))
                        .answers(new Shape.Many(Vee.Past.class)),
                get(VEE + "/conflict", "vee.conflict", "Which VEEs that wait together, and which wishes of theirs, cannot be kept together, and what would help.",
                        x -> Answer.of(vees.conflict(x.caller(), vee(x)))).answers(Vees.Conflict.class),
                get(VEE + "/placement", "vee.explain", "For each host, why the VEE cannot be there.", x -> Answer.of(vees.explain(x.caller(), vee(x))))
                        .answers(new Shape.Many(Vees.WhyNot.class)),
                get(VEE + "/guest", "vee.guest", "What the VEE's guest says of itself by its guest agent, asked now.",
                        x -> Answer.of(vmi.hosts().guest(x.caller(), vee(x)))).answers(GuestReport.class),
                get(VEE + "/screen", "vee.screen", "Where a viewer reaches the VEE's screen.", this::screen).answers(ScreenAddress.class)));
        ACTIONS.forEach((name, type) -> {
            var id = "vee." + (name.equals("terminate") ? "terminate-now" : name);
            routes.add(act(VEE + "/actions/" + name, id, summary(name), x -> order(x, type)).takes(type).answers(Vee.class));
            routes.add(post(VEES + "/actions/" + name, id + ".many", summary(name) + " For many VEEs: each by itself, some may fail.", x -> Answer.of(many.act(x, type)))
                    .takes(ManyVees.ForMany.class).answers(new Shape.Many(ManyVees.Outcome.class)));
        });
        return routes;
    }

    private static String summary(String action) {
        return "Action %s; it is noted, and its course is seen in the VEE.".formatted(action);
    }

    private static Map<String, Class<?>> actions() {
        return Arrays.stream(VeeAction.class.getPermittedSubclasses())
                .collect(Collectors.toMap(VeeRoutes::kebab, type -> type, (a, _) -> a, LinkedHashMap::new));
    }

    private static String kebab(Class<?> type) {
        return type.getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private VeeId vee(Exchange x) {
        return names.vee(x.caller(), x.path("vee"));
    }

    private Answer list(Exchange x) {
        var found = vees.vees(x.caller(), filter(x), x.page());
        return x.paged(x.query("view").filter("full"::equals).isPresent() ? found
                : new Page<>(summaries.of(found.items()), found.next()));
    }

    private Vees.Filter filter(Exchange x) {
        var states = x.query("state").stream().flatMap(text -> Arrays.stream(text.split(","))).map(VeeRoutes::state).collect(Collectors.toSet());
        var tags = x.query("tag").stream().flatMap(text -> Arrays.stream(text.split(","))).collect(Collectors.toSet());
        return new Vees.Filter(states, host(x, x.query("host")), x.query("name"), many.withService(x, tags, x.query("service")), x.flag("terminated"));
    }

    private Optional<HostId> host(Exchange x, Optional<String> text) {
        return text.map(name -> names.host(x.caller(), name));
    }

    private static VeeState state(String text) {
        try {
            return VeeState.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_STATE", "'%s' is no state of a VEE.".formatted(text), "One of " + List.of(VeeState.values()) + ".");
        }
    }

    private Answer make(Exchange x) throws IOException {
        var made = vees.create(x.caller(), x.bodies(VeeSpec.class));
        return x.isList() ? Answer.of(made) : Answer.created(made.getFirst(), VEES + "/" + made.getFirst().id());
    }

    private Answer change(Exchange x) throws IOException {
        var vee = vees.vee(x.caller(), vee(x));
        var change = x.body(VeeChange.class);
        if (change.name().isPresent()) {
            vee = vees.act(x.caller(), vee.id(), new VeeAction.Rename(change.name().get()));
        }
        if (change.tags().isPresent() || change.notes().isPresent()) {
            vee = vees.act(x.caller(), vee.id(), new VeeAction.Annotate(change.tags().orElse(vee.spec().tags()), change.notes().orElse(vee.spec().notes())));
        }
        if (change.ownership().isPresent()) {
            vee = vees.act(x.caller(), vee.id(), new VeeAction.Own(change.ownership().get()));
        }
        return Answer.of(vee);
    }

    private Answer terminate(Exchange x) {
        return Answer.of(vees.act(x.caller(), vee(x), new VeeAction.Terminate(x.flag("hard"))));
    }

    private Answer screen(Exchange x) {
        return Answer.of(vmi.hosts().screen(x.caller(), vee(x)).orElseThrow(() ->
                Refused.notFound("NO_SCREEN", "%s has no screen now.".formatted(x.path("vee")), "It has one while it runs on a host that gives it one.")));
    }

    private Answer order(Exchange x, Class<?> type) throws IOException {
        var action = x.bytes().length == 0 ? Wire.read("{}", type) : x.body(type);
        return Answer.of(vees.act(x.caller(), vee(x), (VeeAction) action));
    }
}
