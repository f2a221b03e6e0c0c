package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.get;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.reservoir.gateways.Ports;
import org.reservoir.gateways.StatementsView;
import org.reservoir.gateways.StatementsView.NewPriceBook;
import org.reservoir.gateways.StatementsView.PriceBook;
import org.reservoir.gateways.StatementsView.Statement;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/** Statements and price books over REST: everybody's own; administrators all. */
final class AccountingRoutes {
    private static final String V1 = "/api/accounting/v1";

    private final StatementsView statements;
    private final Ports ports;
    private final Names names;
    private final Subjects subjects;

    AccountingRoutes(StatementsView statements, Ports ports, Names names) {
        this.statements = statements;
        this.ports = ports;
        this.names = names;
        subjects = new Subjects(ports, names);
    }

    List<Route> routes() {
        return List.of(
                timed(get(V1 + "/services/{service}/statement", "statement.service", "What a service used and what it costs; of its whole life when no time is given.",
                        this::ofService)),
                timed(get(V1 + "/users/{user}/statement", "statement.user", "What a user used and what it costs; 'me' is the caller.",
                        x -> Answer.of(statements.ofUser(user(x), time(x))))),
                get(V1 + "/metered", "statement.metered", "What measurements for accounting came to, hour by hour; for administrators.", this::metered)
                        .query("subject", "Of this VEE, host or service: vee-7, host-2 or service-1; 'vee/NAME', 'host/NAME', 'service/NAME'.")
                        .query("metric", "Whose names begin so.").query("from", "ISO 8601; a day ago when left out.")
                        .query("to", "ISO 8601; now when left out.").answers(new Shape.Many(StatementsView.Metered.class)),
                get(V1 + "/pricebooks", "pricebook.list", "Lists price books, by the time from which they are in force.",
                        _ -> Answer.of(statements.priceBooks())).answers(new Shape.Many(PriceBook.class)),
                create(V1 + "/pricebooks", "pricebook.add", "Puts a price book in force from its begin on; from now on when it names none.", this::add)
                        .takes(NewPriceBook.class).answers(PriceBook.class));
    }

    private static Route timed(Route route) {
        return route.query("from", "ISO 8601.").query("to", "ISO 8601; now when left out.").answers(Statement.class);
    }

    private Answer ofService(Exchange x) {
        Services services = ports.services().orElseThrow(() -> Refused.notFound("SERVICE_NOT_FOUND", "This site has no services.", ""));
        var service = services.service(x.caller(), names.service(services, x.caller(), x.path("service")));
        return Answer.of(statements.ofService(service.id(), time(x)));
    }

    private UserId user(Exchange x) {
        return ports.access().userCalled(x.caller(), x.path("user"));
    }

    private static Optional<Interval> time(Exchange x) {
        if (x.query("from").isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Interval(x.instant("from", Instant.EPOCH), x.instant("to", Instant.now())));
    }

    private Answer metered(Exchange x) {
        requireAdministrator(x.caller());
        var now = Instant.now();
        return Answer.of(statements.metered(x.query("subject").map(text -> subjects.named(x, text)), x.query("metric"), new Interval(x.instant("from", now.minus(Duration.ofDays(1))), x.instant("to", now))));
    }

    private Answer add(Exchange x) throws IOException {
        requireAdministrator(x.caller());
        return Answer.of(statements.add(x.body(NewPriceBook.class)));
    }

    private static void requireAdministrator(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may set prices and see what is metered.", "");
        }
    }
}
