package org.reservoir.gateways;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What administrators may ask of the site as a whole. Who may ask is decided by the gateway. */
public interface SiteAdmin {
    Status status();

    /** Writes all that the site must not lose into a new file of its backup folder while it goes on working. */
    Backup backup();

    /** Whether requests that need the site's database can be answered now; asked often. */
    boolean ready();

    /** What an operator's monitoring wants to know of the site as a whole; asked at every scrape. @throws org.reservoir.kernel.Refused when the database is away */
    List<Figure> figures();

    /** @param name as Prometheus writes them, such as {@code reservoir_vees}; one {@code help} for one name */
    record Figure(String name, String help, Map<String, String> labels, double value) {
        public Figure {
            labels = Map.copyOf(labels);
        }
    }

    /** @param facts such as {@code database}, {@code database.size}, {@code work.waiting} */
    record Status(String name, String version, Instant started, Map<String, String> facts) {
        public Status {
            facts = Map.copyOf(facts);
        }
    }

    record Backup(String file, long bytes, Instant at) {}
}
