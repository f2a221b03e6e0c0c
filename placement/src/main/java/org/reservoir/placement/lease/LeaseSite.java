package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.reservoir.kernel.Refused;

/**
 * What there is to lease.
 *
 * @param resources names of those that are one amount each; among them the processor ({@value #CPU}, 100 = one core) and the memory ({@value #MEMORY}, MB),
 *                  unless the processors come in instances
 * @param instanced names of those that come in instances
 */
public record LeaseSite(List<String> resources, List<String> instanced, List<LeaseHost> hosts) {
    public static final String CPU = "CPU";
    public static final String MEMORY = "Memory";

    /** @throws Refused {@code BAD_SITE} without hosts, without CPU or memory, or with an id, name or amount that cannot be */
    public LeaseSite {
        resources = List.copyOf(resources);
        instanced = List.copyOf(instanced);
        hosts = List.copyOf(hosts);
        var names = new ArrayList<>(resources);
        names.addAll(instanced);
        require(names.contains(CPU) && resources.contains(MEMORY), "A site leases at least %s and %s; this one has %s".formatted(CPU, MEMORY, names));
        require(new HashSet<>(names).size() == names.size(), "A resource is named twice in %s".formatted(names));
        require(!hosts.isEmpty(), "A site without hosts has nothing to lease");
        var ids = new HashSet<Long>();
        for (var host : hosts) {
            require(ids.add(host.id()), "Host %d is there twice".formatted(host.id()));
            require(host.capacity().size() == names.size(), "Host %d has %d amounts for %d resources".formatted(host.id(), host.capacity().size(), names.size()));
            require(!host.capacity().negative(), "Host %d has a negative capacity: %s".formatted(host.id(), host.capacity()));
        }
    }

    private static void require(boolean fine, String otherwise) {
        if (!fine) {
            throw Refused.invalid("BAD_SITE", otherwise + ".", "");
        }
    }

    /** Hosts 1 to {@code count}, each with one amount of CPU and of memory. */
    public static LeaseSite uniform(int count, long cpu, long memory) {
        return new LeaseSite(List.of(CPU, MEMORY), List.of(), LongStream.rangeClosed(1, count).mapToObj(id -> new LeaseHost(id, Quantity.of(cpu, memory))).toList());
    }

    /** CPU and memory in this site's order. */
    public Quantity cpuAndMemory(long cpu, long memory) {
        return quantity(Map.of(CPU, List.of(cpu), MEMORY, List.of(memory)));
    }

    /**
     * @param amounts by resource; what is not named is 0
     * @throws Refused {@code RESOURCE_UNKNOWN} when the site has none of that name, {@code NO_INSTANCES} when instances are asked of one that is one amount
     */
    public Quantity quantity(Map<String, List<Long>> amounts) {
        for (var name : amounts.keySet()) {
            if (!resources.contains(name) && !instanced.contains(name)) {
                throw Refused.invalid("RESOURCE_UNKNOWN", "The site has no resource '%s'.".formatted(name), "It has %s %s.".formatted(resources, instanced));
            }
            if (resources.contains(name) && amounts.get(name).size() != 1) {
                throw Refused.invalid("NO_INSTANCES", "%d instances of '%s' are asked for, but here it is one amount.".formatted(amounts.get(name).size(), name), "");
            }
        }
        var single = resources.stream().mapToLong(name -> amounts.getOrDefault(name, List.of(0L)).getFirst()).toArray();
        var several = instanced.stream().map(name -> amounts.getOrDefault(name, List.of()).stream().mapToLong(Long::longValue).toArray()).toArray(long[][]::new);
        return Quantity.of(single, several);
    }

    int cpu() {
        return resources.contains(CPU) ? resources.indexOf(CPU) : resources.size() + instanced.indexOf(CPU);
    }

    int memory() {
        return resources.indexOf(MEMORY);
    }
}
