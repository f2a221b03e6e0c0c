package org.reservoir.van;

import java.math.BigInteger;

import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.kernel.Refused;

/** The addresses of a subnet that are given to NICs, and its gateway. */
public record Range(Subnet subnet, Address first, Address last, Address gateway) {

    /** @throws Refused {@code BAD_RANGE} when first, last or gateway are outside the subnet or in the wrong order */
    public static Range of(NetworkSpec.Range spec) {
        var subnet = Subnet.parse(spec.cidr());
        var gateway = spec.gateway().map(Address::parse).orElseGet(subnet::first);
        var first = spec.first().map(Address::parse).orElseGet(() -> gateway.equals(subnet.first()) ? subnet.first().plus(1) : subnet.first());
        var last = spec.last().map(Address::parse).orElseGet(subnet::last);
        for (var address : new Address[] {gateway, first, last}) {
            if (!subnet.contains(address) || address.compareTo(subnet.first()) < 0 || address.compareTo(subnet.last()) > 0) {
                throw Refused.invalid("BAD_RANGE", "%s is no host address of %s.".formatted(address, subnet), "Choose from %s to %s.".formatted(subnet.first(), subnet.last()));
            }
        }
        if (first.compareTo(last) > 0) {
            throw Refused.invalid("BAD_RANGE", "The range of %s begins (%s) after it ends (%s).".formatted(subnet, first, last), "");
        }
        return new Range(subnet, first, last, gateway);
    }

    /** Whether the address may be given to a NIC. */
    public boolean gives(Address address) {
        return address.compareTo(first) >= 0 && address.compareTo(last) <= 0 && !address.equals(gateway);
    }

    boolean overlaps(Range other) {
        return subnet.six() == other.subnet.six() && first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
    }

    /** How many addresses it has to give, at most {@link Long#MAX_VALUE}. */
    public long size() {
        var count = last.value().subtract(first.value()).add(BigInteger.ONE);
        var without = gateway.compareTo(first) >= 0 && gateway.compareTo(last) <= 0 ? count.subtract(BigInteger.ONE) : count;
        return without.bitLength() > 62 ? Long.MAX_VALUE : without.longValue();
    }
}
