package org.reservoir.libvirtrpc;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A libvirt URI (libvirt.org/uri) taken apart: by which way which libvirtd is reached, and what that one is asked to open there. The
 * drivers without a daemon of their own on the host (ESX, vCenter, Hyper-V) run in the libvirtd of this machine, which gets the URI whole but for the way to itself.
 */
record Address(URI uri, Way way, Map<String, String> query) {
    enum Way { UNIX, TCP, TLS, SSH }

    private static final Set<String> DAEMONLESS = Set.of("esx", "vpx", "gsx", "hyperv");
    private static final Set<String> OURS = Set.of("socket", "pkipath", "no_verify", "keyfile", "command");

    static Address of(String text) {
        try {
            var uri = URI.create(text);
            if (uri.getScheme() == null) {
                throw new LibvirtFailure.BadAddress("'%s' is no libvirt URI: it names no driver, as in qemu:///system.".formatted(text));
            }
            return of(uri);
        } catch (IllegalArgumentException nonsense) {
            throw new LibvirtFailure.BadAddress("'%s' is no libvirt URI: %s".formatted(text, nonsense.getMessage()));
        }
    }

    private static Address of(URI uri) {
        var parts = uri.getScheme().split("\\+");
        var named = parts.length > 1 ? parts[1] : uri.getHost() == null || DAEMONLESS.contains(parts[0]) ? "unix" : "tls";
        var way = Arrays.stream(Way.values()).filter(each -> each.name().toLowerCase(Locale.ROOT).equals(named)).findFirst()
                .orElseThrow(() -> new LibvirtFailure.BadAddress("'%s' names no way to a host: use unix, tcp, tls or ssh.".formatted(uri)));
        if (way != Way.UNIX && uri.getHost() == null) {
            throw new LibvirtFailure.BadAddress("'%s' names no host.".formatted(uri));
        }
        return new Address(uri, way, query(uri));
    }

    private static Map<String, String> query(URI uri) {
        return uri.getQuery() == null ? Map.of() : Arrays.stream(uri.getQuery().split("[&;]")).map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2).collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, _) -> first));
    }

    String driver() {
        return uri.getScheme().split("\\+")[0];
    }

    String host() {
        return uri.getHost().replaceAll("[\\[\\]]", "");
    }

    int port(int otherwise) {
        return uri.getPort() > 0 ? uri.getPort() : otherwise;
    }

    /** What libvirtd itself is asked to open: the URI without the way to it. */
    String local() {
        if (DAEMONLESS.contains(driver())) {
            return driver() + "://" + uri.getRawAuthority() + uri.getRawPath() + queryWithout(uri.getRawQuery(), Set.of("socket"));
        }
        var path = uri.getPath() == null || uri.getPath().isEmpty() ? "/system" : uri.getPath();
        return driver() + "://" + path + queryWithout(uri.getQuery(), OURS);
    }

    private static String queryWithout(String query, Set<String> names) {
        var rest = query == null ? "" : Arrays.stream(query.split("[&;]")).filter(pair -> !names.contains(pair.split("=", 2)[0])).collect(Collectors.joining("&"));
        return rest.isEmpty() ? "" : "?" + rest;
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(query.get(name));
    }

    boolean verifies() {
        return !query.getOrDefault("no_verify", "0").equals("1");
    }

    /** Where the libvirtd of a machine listens: the one for everything, or the one for this driver alone. */
    List<String> sockets() {
        if (option("socket").isPresent()) {
            return List.of(query.get("socket"));
        }
        var runtime = System.getenv("XDG_RUNTIME_DIR");
        var folder = "/session".equals(uri.getPath()) && runtime != null ? runtime + "/libvirt" : "/run/libvirt";
        return List.of(folder + "/libvirt-sock", folder + "/virt%sd-sock".formatted(driver()));
    }
}
