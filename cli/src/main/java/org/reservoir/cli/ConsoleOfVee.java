package org.reservoir.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code vee console}: what is typed goes to the guest, what the guest says is shown. On a terminal every key goes to the guest but the escape,
 * {@code Ctrl-]}; without one the input is sent, and the answer is over when the guest falls silent.
 */
record ConsoleOfVee() implements Verb.Work {
    private static final int ESCAPE = 0x1d;
    private static final Duration UNBOUNDED = Duration.ZERO;

    @Override
    public void run(Invocation call) {
        var path = call.path("/api/veem/v1/vees/{VEE}/console");
        var patience = call.terminal().interactive() ? UNBOUNDED : call.duration("--silence", Duration.ofSeconds(2));
        try (var conversation = call.site().converse(path, patience)) {
            if (call.terminal().interactive()) {
                interactive(call, conversation);
            } else {
                send(call.terminal().in(), conversation.in());
                show(conversation.out(), call);
            }
        } catch (IOException e) {
            throw new Failure(Failure.Exit.UNREACHABLE, "CONSOLE_LOST", "The console broke off (%s).".formatted(e.getMessage()), "");
        }
    }

    private static void interactive(Invocation call, Http.Conversation conversation) throws IOException {
        call.hint("You are at the console; press Enter to see its prompt, Ctrl-] to leave.");
        var left = new AtomicBoolean();
        try (var _ = RawTerminal.enter()) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    type(call.terminal().in(), conversation.in());
                    left.set(true);
                    conversation.close();
                } catch (IOException _) {
                    // the other side has ended, which the reader tells
                }
            });
            show(conversation.out(), call);
        } catch (IOException e) {
            if (!left.get()) {
                throw e;
            }
        }
        call.terminal().err().println();
    }

    /** Until the escape, or the end. */
    private static void type(InputStream keys, OutputStream guest) throws IOException {
        for (int key = keys.read(); key >= 0 && key != ESCAPE; key = keys.read()) {
            guest.write(key);
            guest.flush();
        }
    }

    private static void send(InputStream in, OutputStream guest) {
        try {
            in.transferTo(guest);
            guest.flush();
        } catch (IOException _) {
            // the guest has ended the console; what it said before is still to be shown
        }
    }

    private static void show(InputStream guest, Invocation call) throws IOException {
        var buffer = new byte[4 << 10];
        try {
            for (int read = guest.read(buffer); read >= 0; read = guest.read(buffer)) {
                call.terminal().out().write(buffer, 0, read);
                call.terminal().out().flush();
            }
        } catch (SocketTimeoutException _) {
            // the guest has fallen silent
        }
    }
}
