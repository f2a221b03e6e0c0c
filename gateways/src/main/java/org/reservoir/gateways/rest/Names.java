package org.reservoir.gateways.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.Network;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.SecurityGroup;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.TemplateId;
import org.reservoir.kernel.VeeId;

/** What a path may call a thing: by id ({@code vee-7} or {@code 7}), or by a name that one thing alone has among those the caller may see. */
final class Names {
    private static final Pattern ID = Pattern.compile("([a-z]+-)?[0-9]{1,18}");

    private final Vmi vmi;

    Names(Vmi vmi) {
        this.vmi = vmi;
    }

    VeeId vee(Caller caller, String text) {
        if (isId(text, "vee")) {
            return VeeId.parse(text);
        }
        var named = new Vees.Filter(Set.of(), Optional.empty(), Optional.of(text), Set.of(), false);
        return only("vee", text, page -> vmi.vees().vees(caller, named, page), Vee::name).id();
    }

    HostId host(Caller caller, String text) {
        return isId(text, "host") ? HostId.parse(text) : only("host", text, page -> vmi.hosts().hosts(caller, page), Host::name).id();
    }

    ImageId image(Caller caller, String text) {
        return isId(text, "image") ? ImageId.parse(text) : only("image", text, page -> vmi.images().images(caller, page), Image::name).id();
    }

    NetworkId network(Caller caller, String text) {
        return isId(text, "network") ? NetworkId.parse(text) : only("network", text, page -> vmi.networks().networks(caller, page), Network::name).id();
    }

    SecurityGroupId securityGroup(Caller caller, String text) {
        return isId(text, "secgroup") ? SecurityGroupId.parse(text)
                : only("secgroup", text, page -> vmi.networks().groups(caller, page), SecurityGroup::name).id();
    }

    TemplateId template(Caller caller, String text) {
        return isId(text, "template") ? TemplateId.parse(text)
                : only("template", text, page -> vmi.templates().templates(caller, page), Templates.Template::name).id();
    }

    LeaseId lease(Caller caller, String text) {
        if (isId(text, "lease")) {
            return LeaseId.parse(text);
        }
        return current("lease", text, named(text, page -> vmi.leases().leases(caller, false, page), Lease::name), () -> named(text, page -> vmi.leases().leases(caller, true, page), Lease::name), Lease::id);
    }

    ServiceId service(Services services, Caller caller, String text) {
        if (isId(text, "service")) {
            return ServiceId.parse(text);
        }
        var all = named(text, page -> services.services(caller, page), Service::name);
        return current("service", text, all.stream().filter(service -> service.state() != Service.State.UNDEPLOYED).toList(), () -> all, Service::id);
    }

    /** A name may be given again when its bearer is over: it means the one that lives, else the last there was. */
    private static <T, I> I current(String what, String name, List<T> living, Supplier<List<T>> all, Function<T, I> id) {
        if (living.size() > 1) {
            throw ambiguous(what, name, living.stream().map(each -> id.apply(each).toString()).toList());
        }
        var found = living.isEmpty() ? all.get() : living;
        return found.stream().reduce((_, later) -> later).map(id).orElseThrow(() -> unknown(what, name));
    }

    /** Whether {@code text} is an id of this sort; a thing so named can only be called by its id. */
    static boolean isId(String text, String prefix) {
        return ID.matcher(text).matches() && (Character.isDigit(text.charAt(0)) || text.startsWith(prefix + "-"));
    }

    /** The one thing called {@code name} in a list that is read to its end. */
    static <T> T only(String what, String name, Function<Page.Request, Page<T>> list, Function<T, String> nameOf) {
        var found = named(name, list, nameOf);
        if (found.size() > 1) {
            throw ambiguous(what, name, List.of());
        }
        return found.stream().findFirst().orElseThrow(() -> unknown(what, name));
    }

    private static <T> List<T> named(String name, Function<Page.Request, Page<T>> list, Function<T, String> nameOf) {
        var found = new ArrayList<T>();
        Optional<String> after = Optional.empty();
        do {
            var page = list.apply(new Page.Request(10_000, after));
            page.items().stream().filter(item -> nameOf.apply(item).equals(name)).forEach(found::add);
            after = page.next();
        } while (after.isPresent());
        return found;
    }

    private static Refused unknown(String what, String name) {
        return Refused.notFound(what.toUpperCase(Locale.ROOT) + "_NOT_FOUND", "There is no %s called %s.".formatted(what, name), "See 'reservoir %s list'.".formatted(what));
    }

    /** @param ids of those, where they are told */
    private static Refused ambiguous(String what, String name, List<String> ids) {
        var which = ids.isEmpty() ? "" : ": " + String.join(", ", ids);
        return Refused.conflict("NAME_AMBIGUOUS", "More than one %s is called %s%s.".formatted(what, name, which), "Use its id; see 'reservoir %s list'.".formatted(what));
    }
}
