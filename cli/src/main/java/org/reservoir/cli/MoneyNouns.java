package org.reservoir.cli;

import static org.reservoir.cli.Call.FILE;

/** Accounts, price books and statements. */
final class MoneyNouns {
    private static final String V1 = "/api/accounting/v1/";

    private MoneyNouns() {}

    static Noun account() {
        return Noun.of("account", "Accounts of customers.",
                Call.list("List accounts.", V1 + "accounts", "ID", "NAME", "BALANCE", "CURRENCY", "STATE"),
                Call.show("Show an account.", V1 + "accounts/{ACCOUNT}").arg("ACCOUNT", "Its id."));
    }

    static Noun pricebook() {
        return Noun.of("pricebook", "What things cost.",
                Call.list("List price books.", V1 + "pricebooks", "NAME", "CURRENCY", "FROM"),
                Call.show("Show a price book.", V1 + "pricebooks/{NAME}").arg("NAME", "Its name."),
                Verb.of("set", "Put a price book in force.", Call.send("PUT", V1 + "pricebooks/{NAME}")).arg("NAME", "Its name.").options(FILE.needed()));
    }

    static Noun statement() {
        return Noun.of("statement", "What was used and what it costs.",
                Verb.of("show", "Show the statement of a service.", Call.get(V1 + "services/{SERVICE}/statement")).arg("SERVICE", "By id or name.")
                        .options(Opt.text("--from", "TIME", "Beginning of the time; the service's when left out.", "?from"), Opt.text("--to", "TIME", "Its end; now when left out.", "?to"))
                        .example("statement show shop"));
    }
}
