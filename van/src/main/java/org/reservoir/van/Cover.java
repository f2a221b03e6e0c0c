package org.reservoir.van;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Says a set of addresses in as few CIDR blocks as there are, with no address more and none less. Hosts pay for every rule of a filter, and
 * addresses are leased from the lowest up, so members of a security group mostly lie side by side.
 */
public final class Cover {
    private Cover() {}

    public static List<String> of(Collection<Address> addresses) {
        var blocks = new ArrayList<String>();
        var rest = new TreeSet<>(addresses);
        while (!rest.isEmpty()) {
            var first = rest.first();
            int bits = widest(first, rest);
            blocks.add(first + "/" + (first.bits() - bits));
            rest.removeAll(List.copyOf(rest.headSet(plus(first, bits), false)));
        }
        return blocks;
    }

    /** How many bits the largest block has that begins here, and of which nothing is missing. */
    private static int widest(Address first, TreeSet<Address> all) {
        int bits = 0;
        while (bits < first.bits() && !first.value().testBit(bits) && isFull(first, bits + 1, all)) {
            bits++;
        }
        return bits;
    }

    private static boolean isFull(Address first, int bits, TreeSet<Address> all) {
        return BigInteger.ONE.shiftLeft(bits).equals(BigInteger.valueOf(all.subSet(first, true, plus(first, bits), false).size()));
    }

    private static Address plus(Address first, int bits) {
        return new Address(first.value().add(BigInteger.ONE.shiftLeft(bits)), first.six());
    }
}
