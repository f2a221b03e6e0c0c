package org.reservoir.placement.lease;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.reservoir.kernel.Refused;

/**
 * Reads Haizea's lease workload format (LWF, XML). Times in it count from the workload's start. What it says of disk images is kept among the extras
 * ({@value #IMAGE}, {@value #IMAGE_SIZE}).
 */
public final class LwfReader {
    static final String IMAGE = "disk-image";
    static final String IMAGE_SIZE = "disk-image-size";
    private static final int MOST_NODES = 1_000_000;

    private final LeaseSite site;
    private final long start;
    private long nextId = 1;

    private LwfReader(LeaseSite site, long start) {
        this.site = site;
        this.start = start;
    }

    /**
     * A workload with its own site.
     *
     * @param start the time at which it begins, in seconds
     * @throws Refused {@code BAD_XML}, {@code BAD_LWF}, {@code BAD_LEASE} or {@code BAD_SITE}, with the line where that is known
     */
    public static Workload read(InputStream in, long start) {
        var root = Tree.read(in);
        var site = root.some("site").orElseThrow(() -> root.bad("the workload has no <site>"));
        return read(root, site(site), start);
    }

    /** A workload for another site than its own. */
    public static Workload read(InputStream in, long start, LeaseSite site) {
        return read(Tree.read(in), site, start);
    }

    private static Workload read(Tree root, LeaseSite site, long start) {
        if (!root.name().equals("lease-workload")) {
            throw root.bad("<%s> is not a lease workload".formatted(root.name()));
        }
        var reader = new LwfReader(site, start);
        return new Workload(site, start, root.one("lease-requests").all("lease-request").stream().map(reader::request).toList());
    }

    static LeaseSite site(Tree element) {
        var names = List.of(element.one("resource-types").text("names").strip().split("\\s+"));
        var sets = element.one("nodes").all("node-set");
        var several = names.stream().filter(name -> sets.stream().anyMatch(set -> amounts(set).getOrDefault(name, List.of()).size() > 1)).toList();
        var single = names.stream().filter(name -> !several.contains(name)).toList();
        var nowhere = new LeaseSite(withUsual(single, several), several, List.of(new LeaseHost(0, Quantity.of(new long[withUsual(single, several).size()], new long[several.size()][0]))));
        var hosts = new ArrayList<LeaseHost>();
        for (var set : sets) {
            var capacity = naming(set, () -> nowhere.quantity(amounts(set)));
            for (int n = count(set); n > 0; n--) {
                hosts.add(new LeaseHost(hosts.size() + 1L, capacity));
            }
        }
        return naming(element, () -> new LeaseSite(nowhere.resources(), several, hosts));
    }

    private static List<String> withUsual(List<String> single, List<String> several) {
        if (!single.contains(LeaseSite.MEMORY) || !single.contains(LeaseSite.CPU) && !several.contains(LeaseSite.CPU)) {
            throw Refused.invalid("BAD_SITE", "A site leases at least %s and %s; this one has %s %s.".formatted(LeaseSite.CPU, LeaseSite.MEMORY, single, several), "");
        }
        return single;
    }

    private static int count(Tree set) {
        long count = set.number("numnodes");
        if (count < 1 || count > MOST_NODES) {
            throw set.bad("numnodes=\"%d\" is not between 1 and %d".formatted(count, MOST_NODES));
        }
        return (int) count;
    }

    /** A resource with instances is named by its instances' amounts, in order. */
    private static Map<String, List<Long>> amounts(Tree set) {
        var amounts = new TreeMap<String, List<Long>>();
        for (var res : set.all("res")) {
            var instances = res.all("instance").stream().map(instance -> instance.number("amount")).toList();
            amounts.put(res.text("type"), instances.isEmpty() ? List.of(res.number("amount")) : instances);
        }
        return amounts;
    }

    private LeaseRequest request(Tree element) {
        var lease = element.one("lease");
        long arrival = start + element.seconds("arrival");
        var ends = element.some("realduration").map(real -> OptionalLong.of(real.seconds("time"))).orElse(OptionalLong.empty());
        long id = lease.attribute("id").isPresent() ? lease.number("id") : nextId++;
        var deadline = lease.some("deadline").map(it -> OptionalLong.of(start + it.seconds("time"))).orElse(OptionalLong.empty());
        return naming(lease, () -> new LeaseRequest(id, arrival, start(lease.one("start"), start), lease.one("duration").seconds("time"), deadline, preemptible(lease), nodes(lease),
                ends, lease.attribute("user").orElse(""), extras(lease)));
    }

    /** What is refused about a lease names its line. */
    private static <T> T naming(Tree element, java.util.function.Supplier<T> made) {
        try {
            return made.get();
        } catch (Refused refused) {
            if (refused.getMessage().startsWith("Line ")) {
                throw refused;
            }
            throw Refused.invalid(refused.code(), "Line %d: %s".formatted(element.line(), refused.getMessage()), refused.advice());
        }
    }

    private static boolean preemptible(Tree lease) {
        var text = lease.text("preemptible");
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(text);
        }
        throw lease.bad("preemptible=\"%s\" is neither true nor false".formatted(text));
    }

    private List<Quantity> nodes(Tree lease) {
        var nodes = new ArrayList<Quantity>();
        for (var set : lease.one("nodes").all("node-set")) {
            var shape = naming(set, () -> site.quantity(amounts(set)));
            nodes.addAll(Collections.nCopies(count(set), shape));
            if (nodes.size() > MOST_NODES) {
                throw set.bad("the lease asks for more than %d nodes".formatted(MOST_NODES));
            }
        }
        return nodes;
    }

    /** @param base what an exact time counts from */
    static LeaseRequest.Start start(Tree element, long base) {
        if (element.children().isEmpty()) {
            return new LeaseRequest.Start.Whenever();
        }
        var child = element.children().getFirst();
        return switch (child.name()) {
            case "now" -> new LeaseRequest.Start.Now();
            case "exact" -> new LeaseRequest.Start.At(base + child.seconds("time"));
            default -> throw child.bad("<%s> is no start".formatted(child.name()));
        };
    }

    /** Extras, and what software is asked for. */
    static Map<String, String> extras(Tree element) {
        var extras = new HashMap<String, String>();
        element.some("software").flatMap(software -> software.some("disk-image")).ifPresent(image -> {
            extras.put(IMAGE, image.text("id"));
            extras.put(IMAGE_SIZE, Long.toString(image.number("size")));
        });
        for (var attr : element.some("extra").map(extra -> extra.all("attr")).orElse(List.of())) {
            extras.put(attr.text("name"), attr.text("value"));
        }
        return extras;
    }
}
