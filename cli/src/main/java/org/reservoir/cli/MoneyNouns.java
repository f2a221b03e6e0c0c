package org.reservoir.cli;

import static org.reservoir.cli.Call.FILE;

/** Accounts, price books and statements. */
final class MoneyNouns {
    private static final String V1 = "/api/accounting/v1/";

    private MoneyNouns() {}

    static Noun account() {
        return Noun.of("account", "What users used, over all their services and VEEs.",
                Verb.of("show", "Show what a user used and what it costs; of the present month when no time is given.", Call.get(V1 + "users/{USER}/statement"))
                        .arg("USER", "By id or name; 'me' is you.").options(from(), to()).example("account show me"));
    }

    static Noun pricebook() {
        return Noun.of("pricebook", "What things cost.",
                Verb.of("list", "List price books.", Call.table(V1 + "pricebooks", "VALID FROM=validFrom", "CURRENCY", "GRANULARITY", "PRICES")),
                Verb.of("add", "Put a price book in force from its begin on.", Call.send("POST", V1 + "pricebooks")).options(FILE.needed())
                        .example("pricebook add --file prices-2027.json"));
    }

    private static Opt from() {
        return Opt.text("--from", "TIME", "Its begin: 2026-11-01T00:00:00Z.", "?from");
    }

    private static Opt to() {
        return Opt.text("--to", "TIME", "Its end; now when left out.", "?to");
    }

    static Noun statement() {
        return Noun.of("statement", "What was used and what it costs.",
                Verb.of("show", "Show the statement of a service.", Call.get(V1 + "services/{SERVICE}/statement")).arg("SERVICE", "By id or name.")
                        .options(from(), to())
                        .example("statement show shop"));
    }
}
