package org.reservoir.site;

import java.util.Locale;

import org.reservoir.servicemanager.AdmissionRules;

import picocli.CommandLine.Option;

/** Which services must be admitted before they are taken in: options of the site server. */
final class AdmissionOptions {
    @Option(names = "--admission", paramLabel = "WHO", defaultValue = "promised", description = {"Which services are only taken in when the site can give them what they may want, beside what was promised to",
            "others: promised (those whose manifest has an AvailabilitySection), all or none (${DEFAULT-VALUE})."})
    private Who who;
    @Option(names = "--least-availability", paramLabel = "PERCENT", defaultValue = "95", description = "What services are held to that promise nothing, with --admission all (${DEFAULT-VALUE}).")
    private double usual;
    @Option(names = "--host-downtime", paramLabel = "PERCENT", defaultValue = "1", description = "How often a host is taken to be down when services are admitted (${DEFAULT-VALUE}).")
    private double downtime;

    enum Who {
        promised, all, none;

        AdmissionRules.Who inWords() {
            return AdmissionRules.Who.valueOf(name().toUpperCase(Locale.ROOT));
        }
    }

    AdmissionRules rules() {
        return new AdmissionRules(who.inWords(), usual / 100, downtime / 100);
    }
}
