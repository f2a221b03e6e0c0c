package org.reservoir.interfaces.vmi;

import java.util.List;

import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/**
 * A licence of what runs in guests, of which a site has so many seats.
 *
 * @param seats   that there are
 * @param perHost whether each host with members takes one seat, and not each member
 * @param taken   seats: VEEs with a place, or hosts on which there are any; more than there are when seats were taken away
 * @param members how many VEEs with a place ask for it
 * @param waiting how many ask for it and have no place
 * @param hosts   names of those with members
 * @param holders the first {@link #MOST_HOLDERS} members
 */
public record Licence(String name, int seats, boolean perHost, int taken, int members, int waiting, List<String> hosts, List<Holder> holders) {
    public static final int MOST_HOLDERS = 100;
    public static final int MOST_SEATS = 1_000_000;

    public Licence {
        hosts = List.copyOf(hosts);
        holders = List.copyOf(holders);
    }

    /**
     * What was bought.
     *
     * @param name    by which VEEs ask for it
     * @param seats   0 to {@link #MOST_SEATS}
     * @param perHost whether each host with members takes one seat, and not each member
     */
    public record Terms(String name, Integer seats, boolean perHost) {
        public Terms {
            Name.of("licence", name);
            if (seats < 0 || seats > MOST_SEATS) {
                throw Refused.invalid("BAD_LICENCE", "Licence %s: %d seats.".formatted(name, seats), "Give 0 to %d; with 0 no VEE that asks for it gets a place.".formatted(MOST_SEATS));
            }
        }
    }

    /** @param host where it is, or where it is being moved */
    public record Holder(VeeId vee, String name, String host) {}
}
