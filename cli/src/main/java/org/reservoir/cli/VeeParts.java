package org.reservoir.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the parts of a VEE from options; names become ids by asking the site. */
final class VeeParts {
    /** Also what no size can be: the site says so better than that there is no image of that name. */
    private static final Pattern SIZE = Pattern.compile("0|-?[0-9.]+ *(?:[KMGTP]i?B?|B)");

    private VeeParts() {}

    static Object image(Invocation call, String text) {
        return id(call, "/api/veem/v1/images/", "image", text);
    }

    static Object host(Invocation call, String text) {
        return id(call, "/api/veeh/v1/hosts/", "host", text);
    }

    static Object network(Invocation call, String text) {
        return id(call, "/api/veem/v1/networks/", "network", text);
    }

    static Object securityGroup(Invocation call, String text) {
        return id(call, "/api/veem/v1/security-groups/", "secgroup", text);
    }

    private static String id(Invocation call, String path, String prefix, String text) {
        return text.matches(prefix + "-[0-9]+") ? text : Json.text(call.site().get(path + Site.encoded(text)), "id");
    }

    /** {@code debian}, {@code 10GiB} or {@code image=debian,size=10GiB,bus=scsi,read-only}. */
    static Object disk(Invocation call, String text) {
        var disk = new LinkedHashMap<String, Object>();
        if (!text.contains("=")) {
            var isSize = SIZE.matcher(text).matches();
            disk.put(isSize ? "size" : "image", isSize ? text : image(call, text));
            return disk;
        }
        for (var word : text.split(",")) {
            var value = word.substring(word.indexOf('=') + 1);
            switch (word.split("=")[0]) {
                case "image" -> disk.put("image", image(call, value));
                case "size", "bus" -> disk.put(word.split("=")[0], value);
                case "read-only" -> disk.put("readOnly", true);
                case "iops" -> disk.put("iops", Numbers.read("iops", value));
                case "bps" -> disk.put("bytesPerSecond", Numbers.read("bps", value));
                default -> throw Failure.usage("'%s' says nothing about a disk.".formatted(word), "Known: image, size, bus, read-only, iops, bps.");
            }
        }
        return disk;
    }

    /** {@code net} or {@code network=net,address=10.1.0.20,mac=…,group=web}. */
    static Object nic(Invocation call, String text) {
        var nic = new LinkedHashMap<String, Object>();
        if (!text.contains("=")) {
            return Map.of("network", network(call, text));
        }
        for (var word : text.split(",")) {
            var value = word.substring(word.indexOf('=') + 1);
            switch (word.split("=")[0]) {
                case "network" -> nic.put("network", network(call, value));
                case "mac" -> nic.put("mac", value);
                case "address" -> nic.merge("address", List.of(value), VeeParts::both);
                case "group" -> nic.merge("filters", List.of(securityGroup(call, value)), VeeParts::both);
                case "inbound", "outbound" -> nic.put(word.split("=")[0], Numbers.read(word, value));
                default -> throw Failure.usage("'%s' says nothing about a NIC.".formatted(word), "Known: network, address, mac, group, inbound, outbound.");
            }
        }
        return nic;
    }

    private static Object both(Object some, Object more) {
        var all = new java.util.ArrayList<Object>((List<?>) some);
        all.addAll((List<?>) more);
        return all;
    }
}
