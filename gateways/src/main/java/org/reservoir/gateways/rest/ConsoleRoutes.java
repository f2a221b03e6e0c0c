package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.post;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

import org.reservoir.interfaces.vhi.Console;
import org.reservoir.interfaces.vmi.Hosts;

/**
 * The text console of a VEE, over one request whose body and answer go on at the same time. When either side ends, or the client goes away, the
 * console is given back at once: a hypervisor gives it to one at a time.
 */
final class ConsoleRoutes {
    /** Nothing need be said for so long. */
    private static final Duration SILENCE = Duration.ofHours(12);
    private static final Shape BYTES = new Shape.Raw("application/octet-stream");

    private final Hosts hosts;
    private final Names names;

    ConsoleRoutes(Hosts hosts, Names names) {
        this.hosts = hosts;
        this.names = names;
    }

    List<Route> routes() {
        return List.of(post(VeeRoutes.VEES + "/{vee}/console", "vee.console", "Connects to a VEE's text console: the body goes in as it comes, what the guest says is "
                + "answered as it comes; both at once, until either ends.", this::connect).takes(BYTES).answers(BYTES));
    }

    private Answer connect(Exchange x) {
        var console = hosts.console(x.caller(), names.vee(x.caller(), x.path("vee")));
        x.mayBeSilentFor(SILENCE);
        return new Answer.Stream("application/octet-stream", out -> converse(x, console, out), () -> {});
    }

    private static void converse(Exchange x, Console console, OutputStream out) throws IOException {
        out.flush();
        var typing = Thread.ofVirtual().name("console").start(() -> {
            try (console; var in = x.stream()) {
                copy(in, console.input());
            } catch (IOException _) {
                // one of the two has gone, which ends the other
            }
        });
        try (console) {
            copy(console.output(), out);
        } catch (IOException e) {
            throw new RequestHandler.ClientGone(e);
        } finally {
            typing.interrupt();
        }
    }

    /** What was read is written at once. */
    private static void copy(InputStream from, OutputStream to) throws IOException {
        var buffer = new byte[4 << 10];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.write(buffer, 0, read);
            to.flush();
        }
    }
}
