package org.reservoir.gateways.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.kernel.VeeId;

/** Summaries of VEEs as they were written last: the same VEE object has the same JSON, and long lists are mostly of VEEs that have not changed. */
final class WrittenSummaries {
    private static final int MOST = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VeeId, Written> written = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<VeeId, Written> eldest) {
            return size() > MOST;
        }
    };

    private record Written(Vee vee, SerializableString json) {}

    List<SerializableString> of(List<Vee> vees) {
        lock.lock();
        try {
            return vees.stream().map(this::of).toList();
        } finally {
            lock.unlock();
        }
    }

    private SerializableString of(Vee vee) {
        var last = written.get(vee.id());
        if (last != null && last.vee() == vee) {
            return last.json();
        }
        var json = new SerializedString(Wire.write(VeeSummary.of(vee)));
        written.put(vee.id(), new Written(vee, json));
        return json;
    }
}
