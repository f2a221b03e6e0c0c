package org.reservoir.veem.kept;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;

/** What the desks do alike. */
public final class Listings {
    private Listings() {}

    /** The first of {@code all}, as many as the page takes. */
    public static <T> Page<T> page(List<T> all, Page.Request page, Function<T, String> id) {
        var more = all.size() > page.limit();
        var items = more ? all.subList(0, page.limit()) : all;
        return new Page<>(items, more ? Optional.of(id.apply(items.getLast())) : Optional.empty());
    }

    public static void own(Handle sql, String table, long id, Ownership ownership) {
        sql.createUpdate("update " + table + " set user_id = :user, group_id = :group, permissions = :permissions where id = :id")
                .bind("user", ownership.user().value()).bind("group", ownership.group().value()).bind("permissions", ownership.permissions()).bind("id", id).execute();
    }
}
