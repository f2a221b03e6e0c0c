package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.TemplateId;

/** Named descriptions from which VEEs are made. */
public interface Templates {
    Template create(Caller caller, String name, VeeSpec spec, List<Input> inputs);

    Template template(Caller caller, TemplateId template);

    Page<Template> templates(Caller caller, Page.Request page);

    /** Makes {@code count} VEEs; {@code ${input}} in names, properties, notes and user data stands for the given value. */
    List<Vee> instantiate(Caller caller, TemplateId template, String name, int count, Map<String, String> inputs);

    Template own(Caller caller, TemplateId template, Ownership ownership);

    void delete(Caller caller, TemplateId template);

    record Template(TemplateId id, String name, Ownership ownership, VeeSpec spec, List<Input> inputs) {
        public Template {
            inputs = List.copyOf(inputs);
        }
    }

    /** @param pattern a regular expression that the value must match; @param fallback when none is given */
    record Input(String name, String description, Optional<String> pattern, Optional<String> fallback) {}
}
