package org.reservoir.cli;

import java.util.List;
import java.util.Optional;

/** The list of all nouns. */
final class Nouns {
    private Nouns() {}

    static List<Noun> all() {
        return List.of(VeeNoun.noun(), StoreNouns.image(), StoreNouns.network(), StoreNouns.securityGroup(), StoreNouns.template(), HostNoun.noun(), PlacementNouns.policy(), PlacementNouns.plan(), LicenceNoun.noun(), LeaseNoun.noun(),
                ServiceNouns.service(), ServiceNouns.rule(), MeasureNouns.measurement(), AlarmNoun.noun(), ProbeNoun.source(), AgentNoun.noun(), BorderNoun.noun(), ProbeNoun.probe(), MeasureNouns.event(), MoneyNouns.account(), MoneyNouns.pricebook(),
                MoneyNouns.statement(), AccessNouns.user(), AccessNouns.group(), AccessNouns.token(), AccessNouns.quota(), LocalNouns.site(), PluginNoun.noun(),
                LocalNouns.login(), LocalNouns.context(), LocalNouns.completion());
    }

    /** What there is to be named. */
    static List<Noun> withoutVerbs() {
        return all().stream().map(noun -> new Noun(noun.name(), noun.summary(), noun.aliases(), List::of)).toList();
    }

    /** The noun that {@code word} stands for; only it is made. */
    static Optional<Noun> called(String word) {
        return switch (word) {
            case "vee", "vm" -> Optional.of(VeeNoun.noun());
            case "image" -> Optional.of(StoreNouns.image());
            case "network" -> Optional.of(StoreNouns.network());
            case "host" -> Optional.of(HostNoun.noun());
            default -> all().stream().filter(noun -> noun.isCalled(word)).findFirst();
        };
    }
}
