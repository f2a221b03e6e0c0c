package org.reservoir.veeh.libvirt;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;

/**
 * Bounds the bandwidth of NICs by nftables, on hosts whose kernel lacks what libvirt's own way needs (the queue {@code sfq}, the action
 * {@code police}). What goes beyond the bound is dropped. One table for each guest; its rules name tap and MAC, so that one left behind
 * holds for nobody else.
 */
record Rates(Link link, Site site, Shell shell) {
    private static final Logger LOG = LoggerFactory.getLogger(Rates.class);
    private static final Pattern TAP = Pattern.compile("[A-Za-z0-9._-]{1,15}");
    private static final long LEAST_BURST = 128 << 10;

    /** Who bounds. */
    enum Way { LIBVIRT, NFTABLES }

    /** As the option {@code bandwidth} says; else, where there is a shell to ask, by what the host's kernel can. @throws HostFailure REFUSED when the option is no way */
    static Way way(Optional<String> option, Optional<Shell> shell) {
        return switch (option.orElse("auto")) {
            case "auto" -> shell.filter(asked -> !canLibvirt(asked)).map(_ -> Way.NFTABLES).orElse(Way.LIBVIRT);
            case "libvirt" -> Way.LIBVIRT;
            case "nftables" -> {
                shell.orElseThrow(() -> new HostFailure(HostFailure.Kind.REFUSED, "Option bandwidth=nftables needs the option shell too."));
                yield Way.NFTABLES;
            }
            default -> throw new HostFailure(HostFailure.Kind.REFUSED, "Option bandwidth=%s is neither auto, libvirt nor nftables.".formatted(option.get()));
        };
    }

    /** Does to a cable of its own what libvirt would do to a guest's tap. */
    private static boolean canLibvirt(Shell shell) {
        try {
            shell.run("""
                    end=rvq%1$s
                    ip link add $end type veth peer name p$end
                    trap 'ip link del $end' EXIT
                    tc qdisc add dev $end root handle 1: htb default 1
                    tc class add dev $end parent 1: classid 1:1 htb rate 1mbit
                    tc qdisc add dev $end parent 1:1 handle 2: sfq perturb 10
                    tc qdisc add dev $end ingress
                    tc filter add dev $end parent ffff: protocol all u32 match u32 0 0 police rate 1mbit burst 64kb mtu 64kb drop flowid :1
                    """.formatted(Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24))));
            return true;
        } catch (HostFailure failure) {
            if (failure.kind().passing()) {
                throw failure;
            }
            LOG.info("libvirt could not bound bandwidth on the host, nftables will: {}", failure.getMessage());
            return false;
        }
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
