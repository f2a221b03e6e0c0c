package org.reservoir.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import org.reservoir.interfaces.vhi.Console;

/**
 * The root shell that the test guest keeps on its serial console: a command goes in, what it printed and how it ended come out. What is to run on is started as a grandchild
 * with an input of its own, {@code (sleep 600 | command &)}: what shares the console with the shell, or ends as its child while it reads a line, may take a part of what is typed or end it.
 */
final class Shell {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private final Console console;
    private final StringBuilder heard = new StringBuilder();
    private final AtomicInteger turns = new AtomicInteger();
    private volatile boolean open = true;

    /** @param code how the command ended */
    record Result(int code, String output) {
        boolean worked() {
            return code == 0;
        }
    }

    private Shell(Console console) {
        this.console = console;
    }

    /** Waits until the guest's shell answers. */
    static Shell on(Console console) {
        var shell = new Shell(console);
        Thread.ofVirtual().start(shell::listen);
        Guest.eventually(PATIENCE, "the guest's shell answers", () -> {
            shell.say("stty -echo; PS1=; echo it-is-$((41+1))\n");
            for (int i = 0; i < 20 && !shell.hears("it-is-42"); i++) {
                Thread.sleep(50);
            }
            return shell.hears("it-is-42");
        });
        return shell;
    }

    private void listen() {
        var bytes = new byte[4096];
        try {
            for (int n = console.output().read(bytes); n >= 0; n = console.output().read(bytes)) {
                synchronized (heard) {
                    heard.append(new String(bytes, 0, n, StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException _) {
            // the console was closed, or its guest went away
        } finally {
            open = false;
        }
    }

    private boolean hears(String text) {
        synchronized (heard) {
            return heard.indexOf(text) >= 0;
        }
    }

    private void say(String text) {
        try {
            console.input().write(text.getBytes(StandardCharsets.US_ASCII));
            console.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isOpen() {
        return open;
    }

    Result run(String command) {
        int turn = turns.incrementAndGet();
        synchronized (heard) {
            heard.setLength(0);
        }
        say("echo begin-$((%d)); { %s\n} 2>&1; echo end-$((%d))-$?.\n".formatted(turn, command, turn));
        var end = Pattern.compile("begin-%d\\R(.*?)end-%d-(\\d+)\\.".formatted(turn, turn), Pattern.DOTALL);
        try {
            Guest.eventually(PATIENCE, "the guest's shell ends: " + command, () -> end.matcher(said()).find());
        } catch (AssertionError silence) {
            throw new AssertionError("%s; its console said: %s".formatted(silence.getMessage(), said()), silence);
        }
        var match = end.matcher(said());
        match.find();
        return new Result(Integer.parseInt(match.group(2)), match.group(1).replace("\r", "").strip());
    }

    private String said() {
        synchronized (heard) {
            return heard.toString();
        }
    }

    void close() {
        open = false;
        console.close();
    }
}
