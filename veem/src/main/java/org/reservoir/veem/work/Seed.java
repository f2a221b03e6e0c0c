package org.reservoir.veem.work;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.reservoir.interfaces.Wire;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.VeeRecord;

/**
 * The files of the contextualization CD, so that one seed serves three kinds of guests: unmodified cloud-init (NoCloud data
 * source: {@code meta-data}, {@code user-data}, {@code network-config} version 2), RESERVOIR-style guests (the OVF environment
 * document of DSP0243 §9 in {@code ovf-env.xml}) and very small ones ({@code reservoir.env}, lines of {@code KEY='value'}). Pure.
 */
final class Seed {
    private Seed() {}

    static Map<String, byte[]> files(VeeRecord vee, String secret) {
        var known = Guests.known(vee);
        var files = new LinkedHashMap<String, byte[]>();
        put(files, "meta-data", metaData(vee));
        put(files, "user-data", userData(vee, known));
        put(files, "network-config", Wire.write(networkConfig(vee)));
        put(files, "ovf-env.xml", ovfEnvironment(vee, known));
        put(files, "reservoir.env", environment(vee, secret, known));
        return files;
    }

    private static void put(Map<String, byte[]> files, String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** As RFC 1123 wants host names: letters, digits, hyphens and dots, at most 63 characters. */
    static String hostname(VeeRecord vee) {
        var name = vee.spec().context().hostname().orElse(vee.name()).replaceAll("[^A-Za-z0-9.-]", "-");
        name = name.substring(0, Math.min(63, name.length())).replaceAll("^[.-]+|[.-]+$", "");
        return name.isEmpty() ? vee.id().toString() : name;
    }

    private static String metaData(VeeRecord vee) {
        return Wire.write(Map.of("instance-id", vee.id().toString(), "local-hostname", hostname(vee))) + "\n";
    }

    private static String userData(VeeRecord vee, Map<String, String> known) {
        var context = vee.spec().context();
        if (context.userData().isPresent()) {
            return Guests.filled(context.userData().get(), known);
        }
        var config = new LinkedHashMap<String, Object>();
        config.put("hostname", hostname(vee));
        config.put("manage_etc_hosts", true);
        context.user().ifPresent(user -> config.put("user", user));
        if (!context.sshKeys().isEmpty()) {
            config.put("ssh_authorized_keys", context.sshKeys());
        }
        if (!context.commands().isEmpty()) {
            config.put("runcmd", context.commands().stream().map(command -> Guests.filled(command, known)).toList());
        }
        return "#cloud-config\n" + Wire.write(config) + "\n";
    }

    private static Map<String, Object> networkConfig(VeeRecord vee) {
        var ethernets = new LinkedHashMap<String, Object>();
        for (var nic : vee.parts().nics()) {
            ethernets.put("nic" + nic.number(), ethernet(nic));
        }
        return Map.of("version", 2, "ethernets", ethernets);
    }

    /** A NIC that was leased no address asks for one: its network is the administrator's own. */
    private static Map<String, Object> ethernet(NicPart nic) {
        var ethernet = new TreeMap<String, Object>();
        ethernet.put("match", Map.of("macaddress", nic.mac()));
        ethernet.put("set-name", "eth" + nic.number());
        ethernet.put("mtu", nic.mtu());
        ethernet.put("dhcp4", nic.addresses().isEmpty());
        if (!nic.addresses().isEmpty()) {
            ethernet.put("addresses", nic.addresses());
        }
        if (!nic.gateways().isEmpty()) {
            ethernet.put("routes", nic.gateways().stream().map(gateway -> Map.of("to", gateway.contains(":") ? "::/0" : "0.0.0.0/0", "via", gateway)).toList());
        }
        if (!nic.dns().isEmpty()) {
            ethernet.put("nameservers", Map.of("addresses", nic.dns()));
        }
        return ethernet;
    }

    private static String ovfEnvironment(VeeRecord vee, Map<String, String> known) {
        var context = vee.spec().context();
        if (context.ovfEnvironment().isPresent()) {
            return Guests.filled(context.ovfEnvironment().get(), known);
        }
        var properties = new LinkedHashMap<String, String>();
        context.properties().forEach((key, value) -> properties.put(key, Guests.filled(value, known)));
        return OvfEnvironment.of(vee.name(), properties);
    }

    private static String environment(VeeRecord vee, String secret, Map<String, String> known) {
        var lines = new LinkedHashMap<String, String>();
        lines.put("VEE_ID", vee.id().toString());
        lines.put("VEE_NAME", vee.name());
        lines.put("VEE_SECRET", secret);
        lines.put("HOSTNAME", hostname(vee));
        for (var nic : vee.parts().nics()) {
            var prefix = "ETH" + nic.number() + "_";
            lines.put(prefix + "MAC", nic.mac());
            lines.put(prefix + "IP", String.join(",", nic.addresses()));
            lines.put(prefix + "GATEWAY", String.join(",", nic.gateways()));
            lines.put(prefix + "DNS", String.join(",", nic.dns()));
            lines.put(prefix + "MTU", Integer.toString(nic.mtu()));
        }
        new TreeMap<>(vee.spec().context().properties()).forEach((key, value) ->
                lines.put("PROP_" + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_"), Guests.filled(value, known)));
        var text = new StringBuilder();
        lines.forEach((key, value) -> text.append(key).append("='").append(quoted(value)).append("'\n"));
        return text.toString();
    }

    /** For the shell's single quotes. A line is a line: what would end it becomes a space. */
    private static String quoted(String value) {
        return value.replaceAll("\\p{Cntrl}", " ").replace("'", "'\\''");
    }
}
