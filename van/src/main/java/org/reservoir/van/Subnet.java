package org.reservoir.van;

import java.math.BigInteger;

import org.reservoir.kernel.Refused;

/** A subnet: {@code 10.1.0.0/24}, {@code fd00:1::/64}. */
public record Subnet(Address network, int prefix) {

    /** @throws Refused {@code BAD_SUBNET} when it is none, has host bits set, or has room for fewer than two hosts */
    public static Subnet parse(String cidr) {
        var parts = cidr.split("/", 2);
        if (parts.length != 2 || !parts[1].matches("[0-9]{1,3}")) {
            throw bad(cidr, "Write it like 10.1.0.0/24 or fd00:1::/64.");
        }
        var network = Address.parse(parts[0]);
        int prefix = Integer.parseInt(parts[1]);
        if (prefix < 8 || prefix > network.bits() - 2) {
            throw bad(cidr, "Its prefix must be from 8 to %d.".formatted(network.bits() - 2));
        }
        var subnet = new Subnet(network, prefix);
        if (!network.value().and(subnet.hostMask()).equals(BigInteger.ZERO)) {
            throw bad(cidr, "Bits beyond the prefix are set; write " + new Address(network.value().andNot(subnet.hostMask()), network.six()) + "/" + prefix + ".");
        }
        return subnet;
    }

    private static Refused bad(String cidr, String advice) {
        return Refused.invalid("BAD_SUBNET", "'%s' is no subnet.".formatted(cidr), advice);
    }

    private BigInteger hostMask() {
        return BigInteger.ONE.shiftLeft(network.bits() - prefix).subtract(BigInteger.ONE);
    }

    public boolean six() {
        return network.six();
    }

    public boolean contains(Address address) {
        return address.six() == six() && address.value().andNot(hostMask()).equals(network.value());
    }

    /** The first address that a host can have. */
    public Address first() {
        return network.plus(1);
    }

    /** The last address that a host can have; for IPv4 the one before the broadcast address. */
    public Address last() {
        var end = new Address(network.value().or(hostMask()), six());
        return six() ? end : end.plus(-1);
    }

    @Override
    public String toString() {
        return network + "/" + prefix;
    }
}
