package org.reservoir.veem.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.kept.VeeViews;

/** Finds the VEEs that a caller may see and that a filter lets through, a page at a time, by their numbers. */
final class VeeListing {
    private VeeListing() {}

    static Page<Vee> page(VeeViews views, Caller caller, Vees.Filter filter, Page.Request page) {
        var conditions = new ArrayList<String>(List.of("id > ?"));
        var parameters = new ArrayList<Object>(List.of(page.after().map(VeeId::parse).map(VeeId::value).orElse(0L)));
        filter(filter, conditions, parameters);
        visible(caller, conditions, parameters);
        var found = views.list(String.join(" and ", conditions), page.limit() + 1, parameters);
        var more = found.size() > page.limit();
        var items = more ? found.subList(0, page.limit()) : found;
        return new Page<>(items, more ? Optional.of(items.getLast().id().toString()) : Optional.empty());
    }

    private static void filter(Vees.Filter filter, List<String> conditions, List<Object> parameters) {
        if (!filter.includeTerminated() && !filter.states().contains(VeeState.TERMINATED)) {
            conditions.add("state <> 'TERMINATED'");
        }
        if (!filter.states().isEmpty()) {
            conditions.add("state = any (string_to_array(?, ','))");
            parameters.add(String.join(",", filter.states().stream().map(VeeState::name).toList()));
        }
        filter.host().ifPresent(host -> {
            conditions.add("(host = ? or destination = ?)");
            parameters.add(host.value());
            parameters.add(host.value());
        });
        filter.name().ifPresent(name -> {
            conditions.add("name = ?");
            parameters.add(name);
        });
        filter.tags().stream().sorted().forEach(tag -> tagged(tag, conditions, parameters));
    }

    private static void tagged(String tag, List<String> conditions, List<Object> parameters) {
        if (!tag.contains("=")) {
            throw Refused.invalid("BAD_FILTER", "'%s' is no tag.".formatted(tag), "Write it like key=value.");
        }
        var service = VeeChanged.SERVICE_TAG + "=";
        conditions.add(tag.startsWith(service) ? "service = ?" : "? = any (tags)");
        parameters.add(tag.startsWith(service) ? tag.substring(service.length()) : tag);
    }

    private static void visible(Caller caller, List<String> conditions, List<Object> parameters) {
        if (!caller.administrator()) {
            conditions.add("(user_id = ? and permissions like 'u%' or group_id = any (string_to_array(?, ',')::bigint[]) and permissions like '___u%' or permissions like '______u%')");
            parameters.add(caller.user().value());
            parameters.add(String.join(",", caller.groups().stream().map(group -> Long.toString(group.value())).toList()));
        }
    }
}
