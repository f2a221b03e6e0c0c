package org.reservoir.veem.work;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.TemplateId;
import org.reservoir.kernel.UserId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.Columns;
import org.reservoir.veem.kept.Listings;

/** Keeps templates and makes VEEs of them. */
public final class TemplateDesk implements Templates {
    private static final String FIND = "select id, user_id, group_id, permissions, name, spec, inputs from veem.template ";

    private final SiteDatabase database;
    private final Vees vees;
    private final InstantSource clock;

    public TemplateDesk(SiteDatabase database, Vees vees, InstantSource clock) {
        this.database = database;
        this.vees = vees;
        this.clock = clock;
    }

    @Override
    public Template create(Caller caller, String name, VeeSpec spec, List<Input> inputs) {
        Name.of("template", name);
        Sense.require(spec);
        inputs.forEach(TemplateDesk::requireSound);
        var id = database.transact(transaction -> transaction.sql().createQuery("""
                        insert into veem.template (user_id, group_id, permissions, name, spec, inputs, created)
                        values (:user, :group, :permissions, :name, :spec, :inputs, :now) on conflict do nothing returning id""")
                .bind("user", caller.user().value()).bind("group", caller.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", name)
                .bind("spec", Wire.write(spec)).bind("inputs", Wire.write(inputs)).bind("now", Columns.at(clock.instant())).mapTo(Long.class).findOne());
        return template(caller, id.map(TemplateId::new).orElseThrow(() ->
                Refused.conflict("TEMPLATE_NAME_TAKEN", "You have a template called '%s' already.".formatted(name), "Choose another name.")));
    }

    private static void requireSound(Input input) {
        Name.of("input", input.name());
        try {
            input.pattern().ifPresent(Pattern::compile);
        } catch (PatternSyntaxException e) {
            throw Refused.invalid("BAD_TEMPLATE", "Input %s: '%s' is no regular expression: %s".formatted(input.name(), input.pattern().get(), e.getDescription()), "");
        }
    }

    @Override
    public Template template(Caller caller, TemplateId id) {
        return database.read(sql -> require(sql, caller, id, Right.USE));
    }

    private static Template require(Handle sql, Caller caller, TemplateId id, Right right) {
        var template = sql.createQuery(FIND + "where id = :id").bind("id", id.value()).map((row, _) -> template(row)).findOne()
                .filter(it -> it.ownership().allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound("TEMPLATE_NOT_FOUND", "There is no %s.".formatted(id), "See: reservoir template list"));
        if (!template.ownership().allows(caller, right)) {
            throw Refused.forbidden("NOT_ALLOWED", "You may use %s, but not change it.".formatted(id), "Its owner can give you that right.");
        }
        return template;
    }

    private static Template template(java.sql.ResultSet row) throws java.sql.SQLException {
        var ownership = new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions"));
        return new Template(new TemplateId(row.getLong("id")), row.getString("name"), ownership, Wire.read(row.getString("spec"), VeeSpec.class),
                List.of(Wire.read(row.getString("inputs"), Input[].class)));
    }

    @Override
    public Page<Template> templates(Caller caller, Page.Request page) {
        var found = database.read(sql -> sql.createQuery(FIND + "where id > :after order by id limit 10000")
                .bind("after", page.after().map(TemplateId::parse).map(TemplateId::value).orElse(0L)).map((row, _) -> template(row)).list());
        return Listings.page(found.stream().filter(it -> it.ownership().allows(caller, Right.USE)).toList(), page, it -> it.id().toString());
    }

    @Override
    public List<Vee> instantiate(Caller caller, TemplateId id, String name, int count, Map<String, String> inputs) {
        var template = template(caller, id);
        if (count < 1 || count > VeeDesk.MOST_AT_ONCE) {
            throw Refused.invalid("BAD_REQUEST", "%d VEEs in one request.".formatted(count), "Ask for 1 to %d at a time.".formatted(VeeDesk.MOST_AT_ONCE));
        }
        var values = values(template, inputs);
        var specs = IntStream.range(0, count).mapToObj(n -> spec(template.spec(), count == 1 ? name : name + "-" + n, values)).toList();
        return vees.create(caller, specs);
    }

    private static Map<String, String> values(Template template, Map<String, String> given) {
        given.keySet().stream().filter(name -> template.inputs().stream().noneMatch(input -> input.name().equals(name))).findFirst().ifPresent(name -> {
            throw Refused.invalid("UNKNOWN_INPUT", "Template %s has no input '%s'.".formatted(template.name(), name),
                    "It has: " + String.join(", ", template.inputs().stream().map(Input::name).toList()));
        });
        var values = new HashMap<String, String>();
        template.inputs().forEach(input -> values.put(input.name(), value(template, input, given)));
        return values;
    }

    private static String value(Template template, Input input, Map<String, String> given) {
        var value = Optional.ofNullable(given.get(input.name())).or(input::fallback).orElseThrow(() -> Refused.invalid("MISSING_INPUT",
                "Template %s needs the input '%s': %s".formatted(template.name(), input.name(), input.description()), "Give it like %s=…".formatted(input.name())));
        if (input.pattern().isPresent() && !Pattern.matches(input.pattern().get(), value)) {
            throw Refused.invalid("BAD_INPUT", "'%s' is no %s.".formatted(value, input.name()), "It must match " + input.pattern().get());
        }
        return value;
    }

    private static VeeSpec spec(VeeSpec spec, String name, Map<String, String> values) {
        var properties = filled(spec.context().properties(), values);
        var context = new VeeSpec.Context(spec.context().hostname().map(text -> Guests.filled(text, values)),
                spec.context().user().map(text -> Guests.filled(text, values)), spec.context().sshKeys(),
                spec.context().userData().map(text -> Guests.filled(text, values)), spec.context().commands().stream().map(text -> Guests.filled(text, values)).toList(),
                properties, spec.context().ovfEnvironment().map(text -> Guests.filled(text, values)));
        return spec.named(name).withContext(context).noted(spec.tags(), filled(spec.notes(), values));
    }

    private static Map<String, String> filled(Map<String, String> texts, Map<String, String> values) {
        var filled = new HashMap<String, String>();
        texts.forEach((key, value) -> filled.put(key, Guests.filled(value, values)));
        return filled;
    }

    @Override
    public Template own(Caller caller, TemplateId id, Ownership ownership) {
        return database.transact(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            Listings.own(transaction.sql(), "veem.template", id.value(), ownership);
            return require(transaction.sql(), caller, id, Right.USE);
        });
    }

    @Override
    public void delete(Caller caller, TemplateId id) {
        database.run(transaction -> {
            require(transaction.sql(), caller, id, Right.MANAGE);
            transaction.sql().createUpdate("delete from veem.template where id = :id").bind("id", id.value()).execute();
        });
    }
}
