package org.reservoir.accounting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.jdbi.v3.core.Handle;

import org.reservoir.interfaces.Wire;

/** Price books in the site database, as JSON; the shipped one is there until the administrator sets another. */
final class PriceTable {
    private PriceTable() {}

    /** The price book that a new site has: prices for everything, in force from the beginning of time. */
    static PriceBook shipped() {
        try (var file = PriceTable.class.getResourceAsStream("price-book.json")) {
            return Wire.read(new String(file.readAllBytes(), StandardCharsets.UTF_8), PriceBook.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void shipTo(Handle sql) {
        if (sql.createQuery("select count(*) from accounting.price_book").mapTo(Long.class).one() == 0) {
            put(sql, shipped());
        }
    }

    static PriceBooks books(Handle sql) {
        return new PriceBooks(sql.createQuery("select book from accounting.price_book order by valid_from").mapTo(String.class)
                .map(json -> Wire.read(json, PriceBook.class)).list());
    }

    static void put(Handle sql, PriceBook book) {
        sql.createUpdate("insert into accounting.price_book (valid_from, book) values (:from, :book) on conflict (valid_from) do update set book = excluded.book")
                .bind("from", UsageTable.time(book.validFrom())).bind("book", Wire.write(book)).execute();
    }

    static void clear(Handle sql) {
        sql.execute("delete from accounting.price_book");
    }

    /** Tells whether there was one. */
    static boolean drop(Handle sql, Instant validFrom) {
        return sql.createUpdate("delete from accounting.price_book where valid_from = :from").bind("from", UsageTable.time(validFrom)).execute() > 0;
    }
}
