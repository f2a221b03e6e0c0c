package org.reservoir.accounting;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;

/** All price books of a site in the order in which they come into force, each until the next. At least one; one currency. */
public record PriceBooks(List<PriceBook> books) {
    public PriceBooks {
        books = books.stream().sorted(Comparator.comparing(PriceBook::validFrom)).toList();
        if (books.isEmpty()) {
            throw new IllegalStateException("a site without a price book");
        }
        if (books.stream().map(PriceBook::currency).distinct().count() > 1) {
            throw Refused.conflict("PRICE_BOOK_CURRENCY", "All price books of a site use one currency, here %s.".formatted(books.getFirst().currency()),
                    "Give prices in %s.".formatted(books.getFirst().currency()));
        }
    }

    public Currency currency() {
        return books.getFirst().currency();
    }

    /** The book in force; empty before the first. */
    public Optional<PriceBook> at(Instant moment) {
        return books.stream().filter(book -> !book.validFrom().isAfter(moment)).reduce((_, later) -> later);
    }

    /** A part of some time and the book in force during it. */
    record Piece(Interval time, PriceBook book) {}

    /** Cuts {@code time} where one book ends and the next begins; what lies before the first book is left out. */
    List<Piece> pieces(Interval time) {
        var pieces = new ArrayList<Piece>();
        for (int i = 0; i < books.size(); i++) {
            var from = books.get(i).validFrom();
            var to = i + 1 < books.size() ? books.get(i + 1).validFrom() : Instant.MAX;
            var book = books.get(i);
            new Interval(from, to).intersection(time).ifPresent(part -> pieces.add(new Piece(part, book)));
        }
        return pieces;
    }
}
