package org.reservoir.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What can be done with a noun, as data: help, completion, the reference and the work itself are made of it.
 *
 * @param args     in their order
 * @param examples whole command lines without {@code reservoir}
 */
record Verb(String name, String summary, List<Arg> args, List<Opt> options, List<String> examples, Work work) {
    /** @param many takes all that follow; @param needed at least one */
    record Arg(String name, String about, boolean many, boolean needed) {}

    @FunctionalInterface
    interface Work {
        /** @throws Failure when it cannot be done */
        void run(Invocation invocation);
    }

    static Verb of(String name, String summary, Work work) {
        return new Verb(name, summary, List.of(), List.of(), List.of(), work);
    }

    Verb arg(String arg, String about) {
        return new Verb(name, summary, with(args, new Arg(arg, about, false, true)), options, examples, work);
    }

    Verb args(String arg, String about) {
        return new Verb(name, summary, with(args, new Arg(arg, about, true, true)), options, examples, work);
    }

    /** As many as are given, none too. */
    Verb anyArgs(String arg, String about) {
        return new Verb(name, summary, with(args, new Arg(arg, about, true, false)), options, examples, work);
    }

    Verb options(Opt... more) {
        var all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new Verb(name, summary, args, List.copyOf(all), examples, work);
    }

    Verb example(String line) {
        return new Verb(name, summary, args, options, with(examples, line), work);
    }

    private static <T> List<T> with(List<T> list, T item) {
        var all = new ArrayList<>(list);
        all.add(item);
        return List.copyOf(all);
    }
}
