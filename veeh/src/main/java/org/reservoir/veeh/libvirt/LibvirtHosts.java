package org.reservoir.veeh.libvirt;

import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.HostDriver;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;
import org.reservoir.libvirtrpc.ConnectOptions;
import org.reservoir.libvirtrpc.LibvirtConnection;

/**
 * Takes libvirt's own URIs ({@code qemu:///system}, {@code qemu+tcp://h/system}, {@code qemu+tls://…}, {@code qemu+ssh://…},
 * {@code test:///default}, {@code xen…}, {@code esx…}, {@code vbox…}). Options of an address: {@code acceleration} (kvm, emulated, auto),
 * {@code pool} and {@code folder} (name and path of the storage pool), {@code shell} (local, ssh:user@host, exec:prefix; for overlays),
 * {@code bandwidth} (libvirt, nftables, auto: nftables where there is a shell that shows that the kernel lacks what libvirt's way needs),
 * {@code migration} (address at which other hosts' QEMU reaches this one), {@code storage} (hosts that name the same see the same disks),
 * {@code wake} (MAC address of the network card that wakes the host, with {@code @} and the broadcast address of its network where that is another),
 * {@code shares} (yes: weigh guests by the cpu cgroup), {@code site} (another site's name than this site's), {@code label.*}.
 */
public final class LibvirtHosts implements HostDriver {
    private static final Pattern SCHEME = Pattern.compile("(qemu|test|xen|esx|vpx|vbox)(\\+[a-z]+)?:.*");

    private static final Set<String> OPTIONS = Set.of("acceleration", "pool", "folder", "shell", "bandwidth", "migration", Parts.SHARED_STORAGE, "wake", "shares", "site");

    private static final Set<String> LASTING = Set.of("pool", "folder", Parts.SHARED_STORAGE, "site");

    private final String site;
    private final InstantSource clock;
    private final Function<String, LibvirtConnection> dialer;

    /** @param site this site's own name, by which its guests are told from those of others on the same host */
    public LibvirtHosts(String site) {
        this(site, InstantSource.system(), uri -> LibvirtConnection.open(uri, ConnectOptions.DEFAULT.failures(Failures::told)));
    }

    LibvirtHosts(String site, InstantSource clock, Function<String, LibvirtConnection> dialer) {
        this.site = site;
        this.clock = clock;
        this.dialer = dialer;
    }

    @Override
    public boolean takes(String uri) {
        return SCHEME.matcher(uri).matches();
    }

    @Override
    public Set<String> options() {
        return OPTIONS;
    }

    @Override
    public Set<String> lastingOptions() {
        return LASTING;
    }

    /** Of a command its first word: the others may say more than everybody should read. */
    @Override
    public String shown(String option, String value) {
        return option.equals("shell") && value.startsWith("exec:") ? value.replaceFirst("(?s)(exec:\\s*\\S+)\\s.*", "$1 …") : value;
    }

    @Override
    public VeeHost open(HostId id, HostAddress address) {
        var options = new HashMap<>(address.options());
        return LibvirtHost.open(address.uri(), new Site(options.getOrDefault("site", site)), options, clock, () -> dialer.apply(address.uri()));
    }

    @Override
    public Optional<String> identity(HostAddress address) {
        try (var daemon = dialer.apply(address.uri())) {
            return Reports.identity(daemon.within(Parts.FACTS), URI.create(address.uri()).getPath());
        }
    }

    @Override
    public boolean wakes(HostAddress address) {
        return MagicPacket.of(address).isPresent();
    }

    @Override
    public void wake(HostAddress address) {
        MagicPacket.of(address).orElseThrow(() -> new HostFailure(Kind.UNSUPPORTED, "%s has no option wake.".formatted(address.uri()))).send();
    }
}
