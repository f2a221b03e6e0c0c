package org.reservoir.gateways.rest;

import java.util.Locale;

import org.reservoir.kernel.Refused;

/** Whether a client takes what a route answers (RFC 9110 §12.5.1). Problems are told to all clients as they are. */
final class Accept {
    private Accept() {}

    /** @param accept the header; {@code null} for none. @throws Refused {@code NOT_ACCEPTABLE} */
    static void require(String accept, Route route) {
        if (accept == null || accept.isBlank() || accept.contains("*/*")) {
            return;
        }
        var answered = route.answer() instanceof Shape.Raw(var type) ? type.replaceFirst(";.*", "") : "application/json";
        for (var range : accept.toLowerCase(Locale.ROOT).split(",")) {
            var words = range.strip().split("\\s*;\\s*");
            var refused = range.matches(".*;\\s*q=0(\\.0{0,3})?\\s*");
            if (!refused && (words[0].equals(answered) || words[0].endsWith("/*") && answered.startsWith(words[0].substring(0, words[0].length() - 1)))) {
                return;
            }
        }
        throw Refused.invalid("NOT_ACCEPTABLE", "%s answers %s, which the request does not accept.".formatted(route.id(), answered),
                "Send 'Accept: %s', or no Accept.".formatted(answered));
    }
}
