package org.reservoir.cli;

import java.util.Locale;
import java.util.function.BiFunction;

/**
 * An option of a verb.
 *
 * @param name     {@code --memory}
 * @param label    what stands for its value in the help, such as {@code SIZE}; empty for a flag
 * @param about    a line of help
 * @param many     whether it may be given more than once
 * @param required whether the verb needs it
 * @param into     the field of the request's body, dots leading inward; with {@code ?} before it, of the query; empty when the verb itself reads it
 * @param reader   makes the field's value of the text given
 */
record Opt(String name, String label, String about, boolean many, boolean required, String into, BiFunction<Invocation, String, Object> reader) {

    static Opt text(String name, String label, String about, String into) {
        return new Opt(name, label, about, false, false, into, (_, text) -> text);
    }

    static Opt number(String name, String label, String about, String into) {
        return new Opt(name, label, about, false, false, into, (_, text) -> Numbers.read(name, text));
    }

    static Opt flag(String name, String about, String into) {
        return new Opt(name, "", about, false, false, into, (_, _) -> true);
    }

    /** {@code KEY=VALUE}, as often as wanted, making an object. */
    static Opt pairs(String name, String about, String into) {
        return new Opt(name, "KEY=VALUE", about, true, false, into, (_, text) -> Numbers.pair(name, text));
    }

    static Opt texts(String name, String label, String about, String into) {
        return new Opt(name, label, about, true, false, into, (_, text) -> text);
    }

    /** One of the site's own words, which are written large. */
    static Object word(Invocation call, String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    Opt read(BiFunction<Invocation, String, Object> other) {
        return new Opt(name, label, about, many, required, into, other);
    }

    Opt needed() {
        return new Opt(name, label, about, many, true, into, reader);
    }

    boolean isFlag() {
        return label.isEmpty();
    }
}
