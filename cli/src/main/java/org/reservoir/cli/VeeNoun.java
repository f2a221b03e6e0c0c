package org.reservoir.cli;

import static org.reservoir.cli.Call.FILE;
import static org.reservoir.cli.Call.TIMEOUT;
import static org.reservoir.cli.Call.WAIT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Virtual machines. */
final class VeeNoun {
    static final String VEES = "/api/veem/v1/vees";
    private static final String VEE = VEES + "/{VEE}";
    private static final String WHICH = "By id (vee-7 or 7) or name.";

    private VeeNoun() {}

    static Noun noun() {
        return new Noun("vee", "Virtual machines (VEEs): make, look at, change, move and end them.", List.of("vm"), VeeNoun::verbs);
    }

    private static List<Verb> verbs() {
        var verbs = new ArrayList<>(List.of(list(), create(), Verb.of("show", "Show a VEE; all of it with -o yaml.", Call.get(VEE).shown(VeeShown::of)).options(Call.WATCH).arg("VEE", WHICH),
                Verb.of("history", "What happened to a VEE, oldest first.", Call.table(VEE + "/history", "AT", "STATE", "HOST", "WHY", "BY=who")).arg("VEE", WHICH),
                Verb.of("why", "For each host, why the VEE cannot be there.", Call.table(VEE + "/placement", "HOST=hostName", "WHY NOT=reasons").shown(VeeNoun::whyNot).hint("This site has no host. Add one: reservoir host add NAME URI")).arg("VEE", WHICH),
                Verb.of("conflict", "Of a VEE that waits with its group: which of them, and which of their wishes, cannot be kept together, and what would help.", Call.get(VEE + "/conflict")).arg("VEE", WHICH),
                Verb.of("screen", "Where a viewer (VNC, SPICE) reaches its screen.", Call.get(VEE + "/screen")).arg("VEE", WHICH),
                Verb.of("guest", "What its guest says of itself, by its guest agent.", Call.get(VEE + "/guest")).arg("VEE", WHICH),
                Verb.of("console", "Connect to a VEE's text console; Ctrl-] leaves it.", new ConsoleOfVee()).arg("VEE", WHICH)
                        .options(Opt.text("--silence", "TIME", "Without a terminal: ends when the guest has said nothing for so long; 2s when left out.", ""))
                        .example("vee console web").example("vee console web --silence 10s < commands.txt"),
                Verb.of("rename", "Give a VEE another name.", Call.send("POST", VEE + "/actions/rename").with("NAME", "name").columns("ID", "NAME", "STATE"))
                        .arg("VEE", WHICH).arg("NAME", "Unique among your living VEEs.").example("vee rename web shop"),
                words("tag", "Set and take away tags, by which VEEs are found.", "tags").example("vee tag web tier=front owner-"),
                words("note", "Set and take away notes, which mean nothing to the site.", "notes").example("vee note web contact=ann@shop.example")));
        verbs.addAll(actions());
        return List.copyOf(verbs);
    }

    private static Verb words(String name, String summary, String field) {
        return Verb.of(name, summary, new ChangeWords(field)).arg("VEE", WHICH).args("CHANGE", "KEY=VALUE sets, KEY- takes away; the others stay.");
    }

    private static Object whyNot(Object host) {
        var reasons = Json.list(Json.at(host, "reasons")).stream().map(String::valueOf).collect(Collectors.joining("; also: ")); // commas are inside them
        return Map.of("hostName", Json.text(host, "hostName"), "reasons", reasons.isEmpty() ? "it could be there" : reasons);
    }

    private static Verb list() {
        return Call.list("List VEEs.", VEES, "ID", "NAME", "STATE", "HOST", "CPUS=vcpus", "MEMORY=memory:size", "READY", "ADDRESS=addresses", "AGE=created:age")
                .options(Opt.text("--state", "STATES", "Only in these states, separated by commas: running,failed.", "?state"),
                        Opt.text("--host", "HOST", "Only on this host.", "?host"), Opt.texts("--tag", "KEY=VALUE", "Only with this tag.", "?tag"),
                        Opt.text("--service", "SERVICE", "Only of this service.", "?service"),
                        Opt.flag("--all", "Also those that are gone.", "?terminated"))
                .example("vee list --state running --service shop").example("vee list --watch");
    }

    private static Verb create() {
        return Verb.of("create", "Make a VEE; it is placed on a host and started.", new CreateVees())
                .arg("NAME", "Unique among your living VEEs.")
                .options(makings())
                .options(Opt.text("--on", "HOST", "On this host and no other.", "placement.host"),
                        Opt.text("--requirements", "EXPRESSION", "What must hold for its host: free_memory > 2 GiB and rack = \"a\".", "placement.requirements"),
                        Opt.text("--rank", "EXPRESSION", "The host with the greatest value wins.", "placement.rank"),
                        Opt.text("--group", "NAME", "VEEs of one group refer to each other by --together and --apart.", "placement.group"),
                        Opt.flag("--together", "On the host of the group's others.", "placement.together"),
                        Opt.flag("--apart", "On no host of the group's others.", "placement.apart"),
                        Opt.text("--set", "NAME", "Your VEEs of one set that wait get their first places all at once or not at all.", "placement.set"),
                        Opt.texts("--licence", "NAME", "Placed only while a seat of this licence is free, and has it for as long as it has a place.", "placement.licences"),
                        Opt.flag("--hold", "Wait for 'vee release' before it is placed.", "hold"),
                        Opt.text("--not-before", "TIME", "Wait until then: 2026-12-01T08:00:00Z.", "notBefore"),
                        Opt.flag("--agent", "The guest runs a QEMU guest agent.", "agent"),
                        Opt.flag("--ready-gate", "Ready only when the guest itself says so.", "readyGate"),
                        Opt.text("--count", "N", "Make so many, called NAME-1, NAME-2 …: all or none.", ""), FILE,
                        Opt.flag("--wait", "Wait until it runs, when its guest begins to boot; with --ready-gate until its guest says that it is ready.", ""), TIMEOUT)
                .example("vee create web --memory 1GiB --disk debian --nic net --ssh-key ~/.ssh/id_ed25519.pub --wait")
                .example("vee create db --vcpus 2 --memory 4GiB --disk debian --disk 20GiB --nic network=net,address=10.1.0.20,group=db")
                .example("vee create worker --count 10 --memory 512MiB --disk debian --apart --group workers");
    }

    /** What a VEE is made of, wherever and whenever it is to run. */
    static Opt[] makings() {
        return new Opt[] {
                Opt.number("--vcpus", "N", "Virtual CPUs; 1 when left out.", "vcpus"),
                Opt.text("--cpu", "SHARE", "Processors promised, such as 0.5, up to all virtual CPUs; all when left out.", "cpu"),
                Opt.text("--memory", "SIZE", "Such as 512MiB or 2GiB; 256MiB when left out.", "memory"),
                Opt.number("--most-vcpus", "N", "Virtual CPUs up to which 'vee resize' may go while it runs.", "limits.vcpus"),
                Opt.text("--most-memory", "SIZE", "Memory up to which 'vee resize' may go while it runs.", "limits.memory"),
                Opt.texts("--disk", "DISK", "An image's name, a size for a blank disk, or image=NAME,size=SIZE,bus=virtio|scsi|sata|ide,read-only,"
                        + "iops=N,bps=N. In the order of their numbers.", "disks").read(VeeParts::disk),
                Opt.texts("--nic", "NIC", "A network's name, or network=NAME,address=IP,mac=MAC,group=SECGROUP,inbound=KB/S,outbound=KB/S.", "nics").read(VeeParts::nic),
                Opt.text("--kernel", "IMAGE", "Boot this kernel instead of the first disk.", "boot.kernel").read(VeeParts::image),
                Opt.text("--initrd", "IMAGE", "With --kernel.", "boot.initrd").read(VeeParts::image),
                Opt.text("--command-line", "TEXT", "With --kernel.", "boot.commandLine"),
                Opt.text("--hostname", "NAME", "The VEE's name when left out.", "context.hostname"),
                Opt.text("--user", "NAME", "The guest's first user; the image's own when left out.", "context.user"),
                Opt.texts("--ssh-key", "FILE", "A public key for the guest's first user.", "context.sshKeys").read((call, file) -> call.text(file).strip()),
                Opt.text("--user-data", "FILE", "cloud-init user data.", "context.userData").read(Invocation::text),
                Opt.texts("--run", "COMMAND", "Run once at first boot.", "context.commands"),
                Opt.pairs("--property", "Told to the guest in its OVF environment.", "context.properties"),
                Opt.pairs("--tag", "A word to find it by.", "tags"), Opt.pairs("--note", "Anything to keep with it.", "notes")};
    }

    private static Verb action(String name, String summary, Opt... options) {
        return action(name, summary, ActOnVees.with(name), options);
    }

    private static Verb action(String name, String summary, ActOnVees work, Opt... options) {
        return Verb.of(name, summary, work).anyArgs("VEE", WHICH + " Several at once; each is done by itself.").options(options).options(Those.OPTIONS).options(WAIT, TIMEOUT)
                .example("vee " + name + " web" + Arrays.stream(options).filter(Opt::required).map(option -> " " + option.name() + " " + option.label())
                        .reduce("", String::concat));
    }

    private static List<Verb> actions() {
        var hard = Opt.flag("--hard", "Without letting the guest shut down.", "hard");
        var disk = Opt.number("--disk", "N", "The disk's number, from 0.", "disk").needed();
        var nic = Opt.number("--nic", "N", "The NIC's number, from 0.", "nic").needed();
        var snapshot = Opt.text("--name", "NAME", "The snapshot's name.", "name").needed();
        return List.of(
                action("release", "Give held VEEs free to be placed."),
                action("hold", "Take pending VEEs out of the queue."),
                action("deploy", "Place a VEE by hand.", Opt.text("--host", "HOST", "Where.", "host").read(VeeParts::host).needed()),
                action("suspend", "Halt VEEs; their memory stays in the host's memory."),
                action("stop", "Halt VEEs; their memory goes to the host's disk."),
                action("resume", "Continue suspended or stopped VEEs; boot those powered off; place those undeployed."),
                action("power-off", "Shut VEEs down; they stay on their hosts.", hard),
                action("reboot", "Boot VEEs again.", hard),
                action("undeploy", "Shut VEEs down and take their disks into the site's store.", hard),
                action("terminate", "End VEEs for good.", hard),
                resize(),
                action("attach-disk", "Plug a disk in.", Opt.text("--disk", "DISK", "As with 'vee create'.", "disk").read(VeeParts::disk).needed()),
                action("detach-disk", "Take a disk out.", disk),
                action("resize-disk", "Grow a disk.", disk, Opt.text("--size", "SIZE", "Its new size.", "size").needed()),
                action("save-disk", "Copy a disk into the image store.", disk, Opt.text("--image", "NAME", "The new image's name.", "imageName").needed()),
                action("attach-nic", "Plug a NIC in.", Opt.text("--nic", "NIC", "As with 'vee create'.", "nic").read(VeeParts::nic).needed()),
                action("detach-nic", "Take a NIC out.", nic),
                action("filter", "Put a NIC behind a security group, or take it out from behind one.", new ActOnVees("filter", VeeNoun::filter, Optional.empty()), nic,
                        Opt.text("--add", "SECGROUP", "Which to put it behind.", "group").read(VeeParts::securityGroup),
                        Opt.text("--remove", "SECGROUP", "Which to take it out from behind.", "group").read(VeeParts::securityGroup)),
                action("take-snapshot", "Keep its present state under a name.", snapshot, Opt.number("--disk", "N", "One disk alone; else the whole guest.", "disk")),
                action("revert-snapshot", "Go back to a snapshot.", snapshot),
                action("delete-snapshot", "Forget a snapshot.", snapshot),
                action("migrate", "Move VEEs to another host.", Opt.text("--host", "HOST", "Where to; the policy's choice when left out.", "host").read(VeeParts::host),
                        Opt.flag("--live", "While they run.", "live")),
                action("reschedule", "Ask that the next placement moves them.", new ActOnVees("reschedule", call -> Map.of("wanted", !call.has("--cancel")), Optional.empty()),
                        Opt.flag("--cancel", "Take the wish back.", "")),
                action("own", "Give VEEs to another owner, or change permissions; what is left out stays.", new ActOnVees("own", call -> call.body(Map.of()),
                        Optional.of((given, vee) -> Map.of("ownership", Owning.completed(given, vee)))), Owning.OPTIONS),
                action("recover", "Get a failed or stuck VEE going.", Opt.text("--way", "WAY", "retry, undo, or force (take what its host shows for the truth).", "way").read(Opt::word).needed()));
    }

    private static Verb resize() {
        return action("resize", "Change CPUs and memory; what is left out stays.", new ActOnVees("resize", VeeNoun::sizes, Optional.of(VeeNoun::resized)),
                Opt.number("--vcpus", "N", "Virtual CPUs.", "vcpus"), Opt.text("--cpu", "SHARE", "Share of processors promised; all virtual CPUs if it was so.", "cpu"),
                Opt.text("--memory", "SIZE", "Such as 2GiB.", "memory")).example("vee resize web --memory 2GiB");
    }

    private static Map<String, Object> sizes(Invocation call) {
        var sizes = call.body(Map.of());
        if (sizes.isEmpty()) {
            throw Failure.usage("Say what is to change: --vcpus, --cpu or --memory.", "");
        }
        return sizes;
    }

    private static Map<String, Object> resized(Map<String, Object> given, Object vee) {
        var whole = new LinkedHashMap<String, Object>();
        for (var field : List.of("vcpus", "cpu", "memory")) {
            whole.put(field, Json.at(vee, "spec." + field));
        }
        if (given.containsKey("vcpus") && whole.get("cpu").toString().equals(whole.get("vcpus").toString())) {
            whole.put("cpu", given.get("vcpus"));
        }
        whole.putAll(given);
        return whole;
    }

    private static Map<String, Object> filter(Invocation call) {
        if (call.has("--add") == call.has("--remove")) {
            throw Failure.usage("Give either --add or --remove.", "");
        }
        var fields = call.body(Map.of());
        fields.put("add", call.has("--add"));
        return fields;
    }
}
