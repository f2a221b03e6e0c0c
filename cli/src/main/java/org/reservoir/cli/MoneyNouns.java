package org.reservoir.cli;

import static org.reservoir.cli.Call.FILE;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Accounts, price books and statements. */
final class MoneyNouns {
    private static final String V1 = "/api/accounting/v1/";

    private MoneyNouns() {}

    static Noun account() {
        return Noun.of("account", "What users used, over all their services and VEEs.", () -> List.of(
                Verb.of("show", "Show what a user used and what it costs; of the present month when no time is given.", new Bill(V1 + "users/{USER}/statement"))
                        .arg("USER", "By id or name; 'me' is you.").options(from(), to()).example("account show me").example("account show ann --from 2026-11-01T00:00:00Z")));
    }

    static Noun pricebook() {
        return Noun.of("pricebook", "What things cost.", () -> List.of(
                Verb.of("list", "List price books.", Call.table(V1 + "pricebooks", "VALID-FROM=validFrom", "CURRENCY", "GRANULARITY")),
                Verb.of("show", "Show the prices in force now, of a unit for an hour.", new Prices()),
                Verb.of("add", "Put a price book in force from its begin on.", Call.send("POST", V1 + "pricebooks").columns("VALID-FROM=validFrom", "CURRENCY", "GRANULARITY"))
                        .options(FILE.needed(), Opt.text("--valid-from", "TIME", "Its begin: 2027-01-01T00:00:00Z; now when neither this nor the file says it.", "validFrom")).example("pricebook show -o json > prices-2027.json").example("pricebook add --file prices-2027.json --valid-from 2027-01-01T00:00:00Z")));
    }

    private static Opt from() {
        return Opt.text("--from", "TIME", "Its begin: 2026-11-01T00:00:00Z.", "?from");
    }

    private static Opt to() {
        return Opt.text("--to", "TIME", "Its end; now when left out.", "?to");
    }

    static Noun statement() {
        return Noun.of("statement", "What was used and what it costs.", () -> List.of(
                Verb.of("show", "Show the statement of a service.", new Bill(V1 + "services/{SERVICE}/statement")).arg("SERVICE", "By id or name.")
                        .options(from(), to())
                        .example("statement show shop"),
                Verb.of("metered", "List what measurements for accounting came to, hour by hour; for administrators.",
                                Call.table(V1 + "metered", "SUBJECT", "METRIC", "HOUR", "COUNT", "SUM", "MEAN", "LOW", "HIGH"))
                        .options(Opt.text("--subject", "SUBJECT", "Of this: vee-7, host-3 or service-2; vee/NAME and so on.", "?subject"), Opt.text("--metric", "TEXT", "Whose names begin so.", "?metric"), from(), to())
                        .example("statement metered --subject vee-7")));
    }

    /** A statement as a table and its total. */
    private record Bill(String path) implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var bill = call.site().get(call.path(path));
            if (!call.forPeople()) {
                call.output().one(bill);
                return;
            }
            call.output().list(Json.list(Json.at(bill, "lines")), Column.of("COMPONENT", "WHILE=holding", "RESOURCE", "UNIT-HOURS=unitHours", "UNIT", "PRICE", "AMOUNT"));
            var since = Json.text(bill, "from").startsWith("1970-01-01T00:00:00Z") ? "its begin" : Column.seconds(Json.text(bill, "from"));
            call.terminal().out().printf("%nTotal: %s %s for %s, from %s to %s (VEEs: %s, still on: %s)%n", Column.text(Json.at(bill, "total")), Json.text(bill, "currency"),
                    Json.text(bill, "subject"), since, Column.seconds(Json.text(bill, "to")), Json.text(bill, "vees"), Json.text(bill, "stillOn"));
        }
    }

    /** The newest of the books whose time has come. */
    private record Prices() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            Object book = Map.of();
            for (var each : Json.list(call.site().get(V1 + "pricebooks"))) {
                if (!Instant.parse(Json.text(each, "validFrom")).isAfter(call.terminal().clock().instant())) {
                    book = each;
                }
            }
            if (call.forPeople()) {
                call.output().list(rows(book), Column.of("WHILE", "RESOURCE", "PRICE", "CURRENCY"));
            } else {
                call.output().one(book);
            }
        }

        private static List<Object> rows(Object book) {
            var rows = new ArrayList<>();
            Json.map(Json.at(book, "prices")).forEach((holding, prices) -> Json.map(prices).forEach((resource, price) ->
                    rows.add(Map.of("while", holding, "resource", resource, "price", price, "currency", Json.text(book, "currency")))));
            return rows;
        }
    }
}
