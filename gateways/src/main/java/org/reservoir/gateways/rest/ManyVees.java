package org.reservoir.gateways.rest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;

/** The same action for many VEEs: which they are, and what became of each. */
final class ManyVees {
    private final Vees vees;
    private final Optional<Services> services;
    private final Names names;

    ManyVees(Vees vees, Optional<Services> services, Names names) {
        this.vees = vees;
        this.services = services;
        this.names = names;
    }

    /**
     * Which VEEs an action is for: those listed, or those living that the caller sees and that fit the filter.
     * @param vees    ids or names
     * @param all     with a filter, or for all there are
     * @param states  only those in one of these states
     * @param tags    only those with all of these, each {@code key=value}
     * @param host    only those on this host
     * @param service only those of this service
     * @param action  the action's fields, as for one VEE; none when left out
     */
    record ForMany(List<String> vees, boolean all, Set<VeeState> states, Set<String> tags, Optional<String> host, Optional<String> service,
                   Optional<JsonNode> action) {
        boolean filters() {
            return all || !states.isEmpty() || !tags.isEmpty() || host.isPresent() || service.isPresent();
        }
    }

    /** What became of the action for one VEE: the VEE, or the problem. */
    record Outcome(String vee, Optional<VeeSummary> now, Optional<Problem> problem) {
        static Outcome not(String text, Refused why) {
            return new Outcome(text, Optional.empty(), Optional.of(Problem.of(why, VeeRoutes.VEES + "/" + text)));
        }
    }

    /** A service's VEEs are known by a tag. */
    Set<String> withService(Exchange x, Set<String> tags, Optional<String> service) {
        return service.map(text -> VeeChanged.SERVICE_TAG + "=" + service(x, text))
                .map(tag -> Stream.concat(tags.stream(), Stream.of(tag)).collect(Collectors.toSet())).orElse(tags);
    }

    private ServiceId service(Exchange x, String text) {
        return services.map(known -> names.service(known, x.caller(), text)).orElseGet(() -> ServiceId.parse(text));
    }

    /** Each by itself. @param type of the action */
    List<Outcome> act(Exchange x, Class<?> type) throws IOException {
        var request = x.body(ForMany.class);
        var action = action(request, type);
        return outcomes(x, chosen(x, request), action);
    }

    private static VeeAction action(ForMany request, Class<?> type) {
        try {
            return (VeeAction) (request.action().isPresent() ? Wire.json().treeToValue(request.action().get(), type) : Wire.read("{}", type));
        } catch (JsonProcessingException e) {
            throw Wire.refusal(e);
        }
    }

    /** @throws Refused {@code NOTHING_CHOSEN}: an empty request must not mean all */
    private List<String> chosen(Exchange x, ForMany request) {
        if (request.filters() == !request.vees().isEmpty()) {
            throw Refused.invalid("NOTHING_CHOSEN", "Say which VEEs: either 'vees', or a filter of 'states', 'tags', 'host' and 'service', or 'all'.", "");
        }
        if (!request.filters()) {
            return request.vees();
        }
        var filter = new Vees.Filter(request.states(), request.host().map(host -> names.host(x.caller(), host)), Optional.empty(), withService(x, request.tags(), request.service()), false);
        var chosen = new ArrayList<String>();
        var page = Page.Request.FIRST;
        for (var found = vees.vees(x.caller(), filter, page); ; found = vees.vees(x.caller(), filter, page)) {
            found.items().forEach(vee -> chosen.add(vee.id().toString()));
            if (found.next().isEmpty()) {
                return chosen;
            }
            page = new Page.Request(page.limit(), found.next());
        }
    }

    /** In the order asked for; names that stand for nothing are answered where they stand. */
    private List<Outcome> outcomes(Exchange x, List<String> texts, VeeAction action) {
        var outcomes = new LinkedHashMap<Integer, Outcome>();
        var known = new LinkedHashMap<Integer, VeeId>();
        for (int i = 0; i < texts.size(); i++) {
            try {
                known.put(i, names.vee(x.caller(), texts.get(i)));
            } catch (Refused refused) {
                outcomes.put(i, Outcome.not(texts.get(i), refused));
            }
        }
        var answers = vees.actOnAll(x.caller(), List.copyOf(known.values()), action).iterator();
        known.keySet().forEach(i -> outcomes.put(i, outcome(texts.get(i), answers.next())));
        return IntStream.range(0, texts.size()).mapToObj(outcomes::get).toList();
    }

    private static Outcome outcome(String text, Vees.Answer answer) {
        return switch (answer) {
            case Vees.Answer.Noted(var vee) -> new Outcome(vee.id().toString(), Optional.of(VeeSummary.of(vee)), Optional.empty());
            case Vees.Answer.Not(_, var why) -> Outcome.not(text, why);
        };
    }
}
