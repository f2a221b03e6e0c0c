package org.reservoir.cli;

import java.util.List;
import java.util.Set;

/** What other clouds' commands call the same. They are no names of ours; who types one is told ours. */
final class Synonyms {
    private static final List<Set<String>> ALIKE = List.of(
            Set.of("create", "add", "new", "make", "import", "run", "launch", "submit"),
            Set.of("delete", "remove", "rm", "destroy", "terminate", "revoke", "undeploy", "unset"),
            Set.of("list", "ls", "top", "ps"),
            Set.of("show", "get", "describe", "info", "inspect", "status"),
            Set.of("change", "update", "modify", "edit", "set"),
            Set.of("power-off", "poweroff", "kill", "shutdown"),
            Set.of("vee", "instance", "server", "domain", "guest"),
            Set.of("host", "node", "hypervisor"),
            Set.of("image", "volume", "disk", "template", "iso"),
            Set.of("network", "net", "vnet", "subnet"),
            Set.of("secgroup", "security-group", "firewall"),
            Set.of("service", "app", "stack", "flow"),
            Set.of("statement", "bill", "invoice", "account", "pricebook", "price"),
            Set.of("measurement", "metric", "metrics", "monitor"));
    private static final List<Set<String>> OPTIONS_ALIKE = List.of(
            Set.of("--disk", "--image", "--volume", "--template"),
            Set.of("--nic", "--network", "--net", "--interface"),
            Set.of("--vcpus", "--cpus", "--cores", "--vcpu"),
            Set.of("--memory", "--ram", "--mem"),
            Set.of("--host", "--on", "--to", "--target", "--destination", "--node"),
            Set.of("--upload", "--file", "--path", "--from", "--source", "--url"),
            Set.of("--ssh-key", "--key", "--public-key"),
            Set.of("--user-data", "--userdata", "--cloud-init"),
            Set.of("--property", "--env", "--context"),
            Set.of("--tag", "--label", "--labels", "--tags"),
            Set.of("--note", "--metadata", "--annotation"),
            Set.of("--range", "--cidr", "--subnet"),
            Set.of("--way", "--mode", "--how"),
            Set.of("--output", "--json", "--yaml"),
            Set.of("--hard", "--force"),
            Set.of("--timeout", "--wait-timeout"),
            Set.of("--not-before", "--start", "--at"));

    private Synonyms() {
    }

    /** Those of {@code known} that mean what {@code word} means elsewhere, in order. */
    static List<String> of(String word, Set<String> known) {
        return (word.startsWith("-") ? OPTIONS_ALIKE : ALIKE).stream().filter(alike -> alike.contains(word)).flatMap(Set::stream).filter(known::contains).sorted().toList();
    }
}
