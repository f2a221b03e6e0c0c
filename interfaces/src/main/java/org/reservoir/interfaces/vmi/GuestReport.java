package org.reservoir.interfaces.vmi;

import java.util.List;
import java.util.Optional;

/**
 * What a guest says of itself by its QEMU guest agent, asked just now. A guest may say what it likes: shown to people, used for nothing.
 *
 * @param agent    whether an agent answers; without one all else is empty
 * @param hostname its host name
 * @param system   its operating system, such as {@code Debian GNU/Linux 12 (bookworm)}
 * @param nics     its network interfaces
 */
public record GuestReport(boolean agent, Optional<String> hostname, Optional<String> system, List<Interface> nics) {
    public static final GuestReport SILENT = new GuestReport(false, Optional.empty(), Optional.empty(), List.of());

    public GuestReport {
        nics = List.copyOf(nics);
    }

    /** @param addresses with prefix length: {@code 10.1.0.5/24}, {@code fe80::1/64} */
    public record Interface(String name, Optional<String> mac, List<String> addresses) {
        public Interface {
            addresses = List.copyOf(addresses);
        }
    }
}
