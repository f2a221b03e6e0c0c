package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.patch;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.Templates.Template;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.TemplateId;

/** VEE templates over REST. */
final class TemplateRoutes {
    private static final String TEMPLATES = "/api/veem/v1/templates";
    private static final String TEMPLATE = TEMPLATES + "/{template}";

    private final Templates templates;
    private final Names names;

    TemplateRoutes(Templates templates, Names names) {
        this.templates = templates;
        this.names = names;
    }

    record TemplateRequest(String name, VeeSpec spec, List<Templates.Input> inputs) {
        TemplateRequest {
            Name.of("template", name);
            inputs = List.copyOf(inputs);
        }
    }

    /** @param count 1 when left out */
    record InstantiateRequest(String name, Optional<Integer> count, Map<String, String> inputs) {
        InstantiateRequest {
            inputs = Map.copyOf(inputs);
        }
    }

    List<Route> routes() {
        return List.of(
                get(TEMPLATES, "template.list", "Lists templates that the caller may see.", x -> x.paged(templates.templates(x.caller(), x.page())))
                        .pages(Template.class),
                create(TEMPLATES, "template.create", "Keeps a description from which VEEs are made.", this::make)
                        .takes(TemplateRequest.class).answers(Template.class),
                get(TEMPLATE, "template.show", "Shows a template.", x -> Answer.of(templates.template(x.caller(), template(x)))).answers(Template.class),
                create(TEMPLATE + "/vees", "template.instantiate", "Makes VEEs from a template.", this::instantiate)
                        .takes(InstantiateRequest.class).answers(new Shape.Many(Vee.class)),
                patch(TEMPLATE, "template.own", "Changes whose it is and what others may do with it.",
                        x -> Answer.of(templates.own(x.caller(), template(x), x.body(Ownership.class)))).takes(Ownership.class).answers(Template.class),
                delete(TEMPLATE, "template.delete", "Deletes a template; VEEs made from it stay.", this::drop));
    }

    private TemplateId template(Exchange x) {
        return names.template(x.caller(), x.path("template"));
    }

    private Answer make(Exchange x) throws IOException {
        var request = x.body(TemplateRequest.class);
        var template = templates.create(x.caller(), request.name(), request.spec(), request.inputs());
        return Answer.created(template, TEMPLATES + "/" + template.id());
    }

    private Answer instantiate(Exchange x) throws IOException {
        var request = x.body(InstantiateRequest.class);
        return Answer.of(templates.instantiate(x.caller(), template(x), request.name(), request.count().orElse(1), request.inputs()));
    }

    private Answer drop(Exchange x) {
        templates.delete(x.caller(), template(x));
        return Answer.NOTHING;
    }
}
