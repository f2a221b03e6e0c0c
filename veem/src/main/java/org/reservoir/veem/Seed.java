package org.reservoir.veem;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.reservoir.interfaces.Wire;

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

    static String hostname(VeeRecord vee) {
        return vee.spec().context().hostname().orElse(vee.name()).replace('_', '-');
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

    private static Map<String, Object> ethernet(NicPart nic) {
        var ethernet = new TreeMap<String, Object>();
        ethernet.put("match", Map.of("macaddress", nic.mac()));
        ethernet.put("set-name", "eth" + nic.number());
        ethernet.put("mtu", nic.mtu());
        ethernet.put("dhcp4", false);
        ethernet.put("addresses", nic.addresses());
        ethernet.put("routes", nic.gateways().stream().map(gateway -> Map.of("to", gateway.contains(":") ? "::/0" : "0.0.0.0/0", "via", gateway)).toList());
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
        var properties = new StringBuilder();
        new TreeMap<>(context.properties()).forEach((key, value) ->
                properties.append("    <Property oe:key=\"%s\" oe:value=\"%s\"/>\n".formatted(escaped(key), escaped(Guests.filled(value, known)))));
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1" oe:id="%s">
                  <PlatformSection>
                    <Kind>Reservoir</Kind>
                    <Version>0.1</Version>
                    <Vendor>Reservoir</Vendor>
                    <Locale>en</Locale>
                  </PlatformSection>
                  <PropertySection>
                %s  </PropertySection>
                </Environment>
                """.formatted(escaped(vee.name()), properties);
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
            lines.put(prefix + "IP", firstOrNone(nic.addresses()));
            lines.put(prefix + "GATEWAY", firstOrNone(nic.gateways()));
            lines.put(prefix + "DNS", firstOrNone(nic.dns()));
            lines.put(prefix + "MTU", Integer.toString(nic.mtu()));
        }
        new TreeMap<>(vee.spec().context().properties()).forEach((key, value) ->
                lines.put("PROP_" + key.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9_]", "_"), Guests.filled(value, known)));
        var text = new StringBuilder();
        lines.forEach((key, value) -> text.append(key).append("='").append(value.replace("'", "'\\''").replace("\n", " ")).append("'\n"));
        return text.toString();
    }

    private static String firstOrNone(List<String> values) {
        return values.isEmpty() ? "" : values.getFirst();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
