package org.reservoir.veem.kept;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.jdbi.v3.core.Handle;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.van.Address;
import org.reservoir.van.MacRange;
import org.reservoir.van.NetworkPlan;
import org.reservoir.van.Range;

/** The free addresses of a network whose row is locked. */
public record Pool(Handle sql, NetworkId network, NetworkPlan plan) {
    private static final int LOOK_AHEAD = 256;

    /** One address per family that the network has: the wished ones, else the lowest that are free. */
    public List<Address> choose(List<Address> wished, Supplier<Refused> full) {
        var chosen = new ArrayList<Address>();
        for (var six : new boolean[] {false, true}) {
            if (plan.ranges().stream().anyMatch(range -> range.subnet().six() == six)) {
                var wish = wished.stream().filter(address -> address.six() == six).findFirst();
                chosen.add(wish.map(this::wanted).or(() -> free(six)).orElseThrow(full));
            }
        }
        wished.stream().filter(address -> !chosen.contains(address)).findFirst().ifPresent(address -> {
            throw Refused.invalid("BAD_ADDRESS", "%s cannot be leased from %s.".formatted(address, network), "Wish at most one address of each family that the network has.");
        });
        return chosen;
    }

    /** The address, when it may be given and is free. */
    public Address wanted(Address address) {
        if (plan.ranges().stream().noneMatch(range -> range.gives(address))) {
            throw Refused.invalid("BAD_ADDRESS", "%s is in none of the ranges of %s.".formatted(address, network), "See: reservoir network show " + network);
        }
        if (sql.createQuery("select count(*) from veem.lease where network = :network and address = cast(:address as inet)").bind("network", network.value())
                .bind("address", address.toString()).mapTo(Long.class).one() > 0) {
            throw Refused.conflict("ADDRESS_TAKEN", "%s of %s is leased or reserved already.".formatted(address, network), "Choose another, or none.");
        }
        return address;
    }

    public Optional<Address> free(boolean six) {
        return plan.ranges().stream().filter(range -> range.subnet().six() == six).flatMap(range -> free(range).stream()).findFirst();
    }

    /** Walks over the leases from the first address up, some at a time, until there is a gap. */
    private Optional<Address> free(Range range) {
        var candidate = range.first();
        while (candidate.compareTo(range.last()) <= 0) {
            var taken = taken(candidate, range.last());
            for (var address : taken) {
                candidate = skipGateway(range, candidate);
                if (address.compareTo(candidate) > 0) {
                    return Optional.of(candidate);
                }
                candidate = address.plus(1);
            }
            candidate = skipGateway(range, candidate);
            if (taken.size() < LOOK_AHEAD) {
                return candidate.compareTo(range.last()) <= 0 ? Optional.of(candidate) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Address skipGateway(Range range, Address candidate) {
        return candidate.equals(range.gateway()) ? candidate.plus(1) : candidate;
    }

    private List<Address> taken(Address from, Address to) {
        return sql.createQuery("""
                        select host(address) from veem.lease where network = :network and address between cast(:from as inet) and cast(:to as inet)
                        order by address limit :limit""")
                .bind("network", network.value()).bind("from", from.toString()).bind("to", to.toString()).bind("limit", LOOK_AHEAD)
                .mapTo(String.class).map(Address::parse).list();
    }

    /** The lowest MAC of the network's own ranges that no NIC has. */
    public Optional<String> freeMac() {
        return plan.macs().stream().flatMap(range -> freeMac(range).stream()).findFirst();
    }

    /** As text of one length and case, MACs sort like their numbers. */
    private Optional<String> freeMac(MacRange range) {
        long candidate = range.first();
        while (candidate <= range.last()) {
            var taken = sql.createQuery("select mac from veem.mac where network = :network and mac collate \"C\" between :from and :to order by mac collate \"C\" limit :limit")
                    .bind("network", network.value()).bind("from", MacRange.text(candidate)).bind("to", MacRange.text(range.last())).bind("limit", LOOK_AHEAD)
                    .mapTo(String.class).map(MacRange::number).list();
            for (long mac : taken) {
                if (mac > candidate) {
                    return Optional.of(MacRange.text(candidate));
                }
                candidate = mac + 1;
            }
            if (taken.size() < LOOK_AHEAD) {
                return candidate <= range.last() ? Optional.of(MacRange.text(candidate)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    public int prefix(Address address) {
        return plan.ranges().stream().map(Range::subnet).filter(subnet -> subnet.contains(address)).findFirst().orElseThrow().prefix();
    }
}
