package org.reservoir.monitoring.probe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** A listener that remembers all it is given. */
final class Heard implements Outlet {
    record Item(int stream, long sequence, long at, Row row) {}

    final List<Item> items = new ArrayList<>();
    final List<String> told = new ArrayList<>();

    @Override
    public synchronized void take(StreamInfo stream, long sequence, Row row) {
        items.add(new Item(stream.number(), sequence, row.at(), new Row(row.schema()).copy(row)));
    }

    @Override
    public synchronized void tell(StreamInfo stream, StreamState state, String why) {
        told.add(stream.number() + " " + state + (why.isEmpty() ? "" : " " + why));
    }

    /** What was told without what was only told again. */
    synchronized List<String> news() {
        var last = new HashMap<String, String>();
        return told.stream().filter(word -> !word.equals(last.put(word.split(" ")[0], word))).toList();
    }

    synchronized List<Double> numbers(int attribute) {
        return items.stream().map(item -> item.row().number(attribute)).toList();
    }

    synchronized List<Long> sequences() {
        return items.stream().map(Item::sequence).toList();
    }
}
