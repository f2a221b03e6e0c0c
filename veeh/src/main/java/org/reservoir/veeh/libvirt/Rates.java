package org.reservoir.veeh.libvirt;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;

/**
 * Bounds the bandwidth of NICs by nftables, on hosts with the option {@code bandwidth=nftables}: their kernel lacks what libvirt's own way
 * needs (the queue {@code sfq}, the action {@code police}). What goes beyond the bound is dropped. One table for each guest; its rules name
 * tap and MAC, so that one left behind holds for nobody else.
 */
record Rates(Link link, Site site, Shell shell) {
    private static final Pattern TAP = Pattern.compile("[A-Za-z0-9._-]{1,15}");
    private static final long LEAST_BURST = 128 << 10;

    static boolean wanted(Optional<String> option) {
        return option.map(word -> switch (word) {
            case "nftables" -> true;
            case "libvirt" -> false;
            default -> throw new HostFailure(HostFailure.Kind.REFUSED, "Option bandwidth=%s is neither libvirt nor nftables.".formatted(word));
        }).orElse(false);
    }

    /** Bounds the running guest's NICs as described, and no others. */
    void apply(Guest guest) {
        var interfaces = link.quick().domain(site.uuid(guest.vee())).filter(Domain::active).flatMap(dom -> Xml.at(Xml.read(link.quick().xml(dom, 0)), "devices"))
                .map(devices -> Xml.children(devices, "interface")).orElse(List.of());
        var rules = guest.nics().stream().flatMap(nic -> interfaces.stream().filter(device -> is(nic, device)).flatMap(device -> rules(nic, tap(device)))).toList();
        if (rules.isEmpty()) {
            drop(guest.vee());
        } else {
            shell.run(script(table(guest.vee()), rules));
        }
    }

    void drop(VeeId vee) {
        shell.run("nft delete table bridge %s 2>/dev/null || true\n".formatted(table(vee)));
    }

    private String table(VeeId vee) {
        return "rate-%s-%s".formatted(site.id(), vee);
    }

    private static boolean is(Nic nic, Element device) {
        return Xml.at(device, "mac").filter(mac -> mac.getAttribute("address").equals(nic.mac())).isPresent();
    }

    private static String tap(Element device) {
        return Xml.at(device, "target").map(target -> target.getAttribute("dev")).filter(name -> TAP.matcher(name).matches())
                .orElseThrow(() -> new HostFailure(HostFailure.Kind.BUSY, "A NIC of the guest has no tap (yet)."));
    }

    /** The guest's point of view: what it receives goes out of its tap. */
    private static Stream<String> rules(Nic nic, String tap) {
        return nic.bandwidth().stream().flatMap(bandwidth -> Stream.of(
                rule("from iifname %s ether saddr %s".formatted(tap, nic.mac()), bandwidth.outbound()),
                rule("to oifname %s ether daddr %s".formatted(tap, nic.mac()), bandwidth.inbound())).flatMap(Optional::stream));
    }

    private static Optional<String> rule(String match, int kilobytes) {
        long rate = kilobytes * 1000L;
        return Optional.of("%s limit rate over %d bytes/second burst %d bytes counter drop".formatted(match, rate, Math.max(LEAST_BURST, rate / 4))).filter(_ -> kilobytes > 0);
    }

    private static String script(String table, List<String> rules) {
        return """
                nft -f - <<'END'
                table bridge %1$s
                delete table bridge %1$s
                table bridge %1$s {
                  chain from { type filter hook prerouting priority -400; policy accept; }
                  chain to { type filter hook postrouting priority 400; policy accept; }
                }
                %2$s
                END
                """.formatted(table, rules.stream().map(rule -> "add rule bridge %s %s".formatted(table, rule)).collect(Collectors.joining("\n")));
    }
}
