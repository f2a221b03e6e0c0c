package org.reservoir.monitoring.wire;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Things by their numbers, which lie close together as a rule, wherever that is: numbers of streams are never used twice and go up as long as a source
 * lives. Room is taken by what there is, not by how high its numbers are. Not for several threads.
 */
final class Pages<T> {
    private static final int BITS = 6;

    private final T nothing;
    private final Map<Integer, Object[]> pages = new HashMap<>();
    /** The page that was looked at last, for as a rule one number comes after another. */
    private int at = -1;
    private Object[] page = {};
    private int size;

    /** @param nothing stands for what is not there */
    Pages(T nothing) {
        this.nothing = nothing;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // only put() puts anything in
    T get(int number) {
        turnTo(number >>> BITS);
        return page.length == 0 ? nothing : (T) page[number & page.length - 1];
    }

    void put(int number, T thing) {
        size += (thing == nothing ? 0 : 1) - (get(number) == nothing ? 0 : 1);
        if (page.length == 0) {
            page = new Object[1 << BITS];
            Arrays.fill(page, nothing);
            pages.put(at, page);
        }
        page[number & page.length - 1] = thing;
    }

    @SuppressWarnings("unchecked") // as above
    void removeIf(Predicate<T> gone) {
        pages.values().removeIf(each -> {
            int left = 0;
            for (int i = 0; i < each.length; i++) {
                boolean there = each[i] != nothing;
                if (there && gone.test((T) each[i])) {
                    each[i] = nothing;
                    size--;
                    there = false;
                }
                left += there ? 1 : 0;
            }
            return left == 0;
        });
        at = -1;
        page = new Object[0];
    }

    private void turnTo(int wanted) {
        if (wanted != at) {
            at = wanted;
            page = pages.getOrDefault(wanted, new Object[0]);
        }
    }
}
