package org.reservoir.cli;

import static org.reservoir.cli.Call.FILE;
import static org.reservoir.cli.Call.TIMEOUT;
import static org.reservoir.cli.Call.WAIT;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What VEEs are made of: images, networks, security groups, templates. */
final class StoreNouns {
    private static final String V1 = "/api/veem/v1/";

    private StoreNouns() {}

    static Noun image() {
        var image = V1 + "images/{IMAGE}";
        var which = "By id (image-3 or 3) or name.";
        return Noun.of("image", "Disk and CD images, kernels and RAM disks.", () -> List.of(
                Call.list("List images.", V1 + "images", "ID", "NAME", "KIND", "STATE", "FORMAT", "SIZE=virtualSize:size", "STORED=length:size", "USERS", "AGE=created:age", "PROBLEM"),
                Call.show("Show an image.", image).arg("IMAGE", which),
                Verb.of("create", "Bring an image in: from a file here (uploaded), or a URL or path that the site reads.", new CreateImage())
                        .arg("NAME", "What you call it.")
                        .options(Opt.text("--upload", "FILE", "A file on this machine; a transfer that breaks off is gone on with by 'image upload'.", ""),
                                Opt.text("--source", "URL", "http(s) URL, or a path below the site's import folders, also as file:///…", "source"),
                                Opt.text("--kind", "KIND", "DISK (when left out), CD, KERNEL or RAMDISK.", "kind").read(Opt::word),
                                Opt.text("--digest", "DIGEST", "sha256:…; refused when it differs.", "digest"),
                                Opt.text("--format", "FORMAT", "qcow2 raw vmdk vdi vpc vhdx; found out when left out.", "format"),
                                Opt.flag("--persistent", "For one VEE, whose changes are written back.", "persistent"), WAIT, TIMEOUT)
                        .example("image create debian --upload debian-12.qcow2 --wait").example("image create debian --source https://images.example/d.qcow2 --digest sha256:… --wait"),
                Verb.of("upload", "Send the bytes of an image, from where an earlier transfer broke off.", new UploadImage()).arg("IMAGE", which)
                        .options(FILE.needed(), WAIT, TIMEOUT).example("image upload debian --file debian-12.qcow2"),
                Verb.of("copy", "Make a new image with the same content.", Call.send("POST", image + "/copies").with("NAME", "name").columns("ID", "NAME", "STATE"))
                        .arg("IMAGE", which).arg("NAME", "The copy's."),
                Verb.of("rename", "Give an image another name.", Call.send("PUT", image + "/name").with("NAME", "name").columns("ID", "NAME", "STATE"))
                        .arg("IMAGE", which).arg("NAME", "Unique among your images.").example("image rename debian debian-12"),
                Verb.of("resize", "Give an image a larger disk; VEEs that have it already keep theirs.",
                                Call.send("PUT", image + "/size").with("SIZE", "size").columns("ID", "NAME", "SIZE=virtualSize:size", "PROBLEM").waits(Waiting.IMAGE)
                                        .hint("It grows; 'reservoir image show' tells how far it has come."))
                        .arg("IMAGE", which).arg("SIZE", "Such as 20GiB.").options(WAIT, TIMEOUT).example("image resize debian 20GiB --wait"),
                Owning.verb(image, "IMAGE", which),
                Verb.of("delete", "Delete an image that no VEE needs.", Call.send("DELETE", image).hint("Deleted.")).arg("IMAGE", which)));
    }

    static Noun network() {
        var network = V1 + "networks/{NETWORK}";
        var which = "By id (network-4 or 4) or name.";
        return Noun.of("network", "Virtual networks and their addresses.", () -> List.of(
                Verb.of("list", "List networks.", Call.pages(V1 + "networks", "ID", "NAME", "REACH=spec.reach", "RANGE=ranges", "USED", "FREE").shown(StoreNouns::withRanges)).options(Call.WATCH),
                Call.show("Show a network.", network).arg("NETWORK", which),
                Verb.of("create", "Make a virtual network.", Call.send("POST", V1 + "networks").with("NAME", "name").columns("ID", "NAME", "REACH=spec.reach", "FREE").shown(StoreNouns::withRanges))
                        .arg("NAME", "What you call it.")
                        .options(Opt.text("--reach", "REACH", "isolated, nat or bridged.", "reach").needed(), Opt.text("--bridge", "NAME", "The host's bridge, for bridged.", "bridge"),
                                Opt.texts("--range", "CIDR", "Addresses to give out: 10.1.0.0/24, or cidr=…,first=…,last=…,gateway=….", "ranges").read(StoreNouns::range),
                                Opt.texts("--dns", "ADDRESS", "A resolver told to guests.", "dns"), Opt.flag("--dhcp", "Hosts answer DHCP.", "dhcp"),
                                Opt.flag("--overlay", "It spans hosts (VXLAN).", "overlay"), Opt.number("--mtu", "N", "The site's choice when left out.", "mtu"),
                                Opt.flag("--guarded", "Forged sources are dropped.", "guarded"))
                        .example("network create net --reach nat --range 10.1.0.0/24 --guarded"),
                Verb.of("leases", "Which addresses are leased or reserved.", new Leases(network)).arg("NETWORK", which),
                Verb.of("reserve", "Keep an address from being given out.", Call.send("POST", network + "/reservations")).arg("NETWORK", which)
                        .options(Opt.text("--address", "IP", "Any free one when left out.", "address"), Opt.text("--note", "TEXT", "What for.", "note")),
                Verb.of("release", "Give a reserved address back.", Call.send("DELETE", network + "/reservations/{ADDRESS}").hint("Released.")).arg("NETWORK", which).arg("ADDRESS", "Which."),
                Owning.verb(network, "NETWORK", which),
                Verb.of("delete", "Delete a network that no NIC is plugged in.", Call.send("DELETE", network).hint("Deleted.")).arg("NETWORK", which)));
    }

    static Noun securityGroup() {
        var group = V1 + "security-groups/{SECGROUP}";
        var which = "By id (secgroup-5 or 5) or name.";
        var rule = Opt.texts("--rule", "RULE", "DIRECTION PROTOCOL [PORTS] [CIDR], such as 'in tcp 80', 'in tcp 8000-8080 10.0.0.0/8', 'out all'.", "rules").read(StoreNouns::rule);
        return Noun.of("secgroup", "Security groups: what may reach VEEs, and what they may reach.", () -> List.of(
                Verb.of("list", "List security groups.", Call.pages(V1 + "security-groups", "ID", "NAME", "RULES=rules").shown(StoreNouns::withRules)).options(Call.WATCH), Verb.of("show", "Show a security group.", Call.get(group).shown(StoreNouns::withRules)).arg("SECGROUP", which),
                Verb.of("create", "Make a security group.", Call.send("POST", V1 + "security-groups").with("NAME", "name").shown(StoreNouns::withRules)).arg("NAME", "What you call it.").options(rule)
                        .example("secgroup create web --rule 'in tcp 80' --rule 'in tcp 443' --rule 'out all'"),
                Verb.of("change", "Replace its rules, on running VEEs too.", Call.send("PUT", group + "/rules").shown(StoreNouns::withRules)).arg("SECGROUP", which).options(rule.needed()),
                Verb.of("delete", "Delete a security group that no NIC names.", Call.send("DELETE", group).hint("Deleted.")).arg("SECGROUP", which)));
    }

    static Noun template() {
        var template = V1 + "templates/{TEMPLATE}";
        var which = "By id (template-6 or 6) or name.";
        return Noun.of("template", "Descriptions from which VEEs are made.", () -> List.of(
                Verb.of("list", "List templates.", Call.pages(V1 + "templates", "ID", "NAME", "CPUS=spec.vcpus", "MEMORY=spec.memory:size", "INPUTS=inputs")
                        .shown(StoreNouns::withInputs)).options(Call.WATCH),
                Call.show("Show a template.", template).arg("TEMPLATE", which),
                Verb.of("create", "Keep a description: a JSON file with 'spec' (a VEE) and 'inputs'.", Call.send("POST", V1 + "templates").with("NAME", "name").columns("ID", "NAME"))
                        .arg("NAME", "What you call it.").options(FILE.needed()).example("template create small --file small.json"),
                Verb.of("instantiate", "Make VEEs from a template.", Call.send("POST", template + "/vees").with("NAME", "name").columns("ID", "NAME", "STATE", "HOST")
                        .waits(Waiting.VEE)).arg("TEMPLATE", which).arg("NAME", "Of the VEE; with --count, NAME-0 and so on.")
                        .options(Opt.number("--count", "N", "How many; 1 when left out.", "count"), Opt.pairs("--input", "A value for one of its inputs.", "inputs"), WAIT, TIMEOUT)
                        .example("template instantiate small worker --count 3 --input role=web --wait"),
                Owning.verb(template, "TEMPLATE", which),
                Verb.of("delete", "Delete a template; VEEs made from it stay.", Call.send("DELETE", template).hint("Deleted.")).arg("TEMPLATE", which)));
    }

    private static Object range(Invocation call, String text) {
        var range = new LinkedHashMap<String, Object>();
        for (var word : text.contains("=") ? text.split(",") : new String[] {"cidr=" + text}) {
            var pair = Numbers.pair("--range", word);
            range.put(pair.getKey(), pair.getValue());
        }
        return range;
    }

    private static Object rule(Invocation call, String text) {
        var words = text.strip().split("\\s+");
        if (words.length < 2 || words.length > 4) {
            throw Failure.usage("'%s' is no rule.".formatted(text), "Write it like 'in tcp 80' or 'in tcp 8000-8080 10.0.0.0/8'.");
        }
        var rule = new LinkedHashMap<String, Object>(Map.of("direction", words[0], "protocol", words[1]));
        for (int i = 2; i < words.length; i++) {
            rule.put(words[i].matches("[0-9]+(-[0-9]+)?") ? "ports" : "peer", words[i]);
        }
        return rule;
    }

    /** Rules as they are written. */
    private static Object withRules(Object group) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(group));
        shown.put("rules", Json.list(Json.at(group, "rules")).stream().map(rule -> "%s %s %s %s".formatted(Json.text(rule, "direction"), Json.text(rule, "protocol"),
                Json.text(rule, "ports"), Json.text(rule, "peer")).strip().replaceAll(" +", " ")).toList());
        return shown;
    }

    /** All ranges in a line. More addresses than can be counted, as one network of IPv6 has, are no figure to read. */
    private static Object withRanges(Object network) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(network));
        shown.put("ranges", Json.list(Json.at(network, "spec.ranges")).stream().map(range -> Json.text(range, "cidr")).toList());
        if (Json.text(network, "free").equals(Long.toString(Long.MAX_VALUE))) {
            shown.put("free", "countless");
        }
        return shown;
    }

    private static Object withInputs(Object template) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(template));
        shown.put("inputs", Json.list(Json.at(template, "inputs")).stream().map(input -> Json.text(input, "name")).toList());
        return shown;
    }

    private record Leases(String path) implements Verb.Work {
        @Override
        public void run(Invocation call) {
            call.output().list(Json.list(Json.at(call.site().get(call.path(path + "/leases")), "items")), Column.of("ADDRESS", "MAC", "VEE", "NOTE"));
        }
    }
}
