package org.reservoir.gateways;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.TemplateId;

/** Templates in memory. */
public final class FakeTemplates implements Templates {
    private final FakeVmi vmi;
    private final Shelf<Template> templates = new Shelf<>("template", "template", Template::name, Template::ownership);

    FakeTemplates(FakeVmi vmi) {
        this.vmi = vmi;
    }

    @Override
    public synchronized Template create(Caller caller, String name, VeeSpec spec, List<Input> inputs) {
        templates.requireFree(name);
        var template = new Template(new TemplateId(templates.next()), name, Ownership.privateTo(caller), spec, inputs);
        return templates.keep(template.id().value(), template);
    }

    @Override
    public synchronized Template template(Caller caller, TemplateId template) {
        return templates.usable(caller, template.value(), template);
    }

    @Override
    public synchronized Page<Template> templates(Caller caller, Page.Request page) {
        return templates.page(page, template -> template.ownership().allows(caller, Right.USE));
    }

    @Override
    public synchronized List<Vee> instantiate(Caller caller, TemplateId template, String name, int count, Map<String, String> inputs) {
        var spec = template(caller, template).spec();
        var specs = new ArrayList<VeeSpec>();
        for (int i = 0; i < count; i++) {
            specs.add(spec.named(count == 1 ? name : name + "-" + i));
        }
        return vmi.vees().create(caller, specs);
    }

    @Override
    public synchronized Template own(Caller caller, TemplateId id, Ownership ownership) {
        var template = template(caller, id);
        return templates.keep(id.value(), new Template(id, template.name(), ownership, template.spec(), template.inputs()));
    }

    @Override
    public synchronized void delete(Caller caller, TemplateId template) {
        template(caller, template);
        templates.remove(template.value());
    }
}
