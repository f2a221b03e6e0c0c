package org.reservoir.gateways.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.kernel.VeeId;

/** VEEs in one form, whole or as summaries, as they were written last: the same VEE object has the same JSON, and most of those asked for have not changed. */
final class WrittenVees {
    private static final int MOST = 10_000;

    private final Function<Vee, ?> form;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VeeId, Written> written = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<VeeId, Written> eldest) {
            return size() > MOST;
        }
    };

    private record Written(Vee vee, SerializableString json) {}

    /** @param form what of a VEE is written */
    WrittenVees(Function<Vee, ?> form) {
        this.form = form;
    }

    SerializableString of(Vee vee) {
        return of(List.of(vee)).getFirst();
    }

    List<SerializableString> of(List<Vee> vees) {
        lock.lock();
        try {
            return vees.stream().map(this::written).toList();
        } finally {
            lock.unlock();
        }
    }

    private SerializableString written(Vee vee) {
        var last = written.get(vee.id());
        if (last != null && last.vee() == vee) {
            return last.json();
        }
        var json = new SerializedString(Wire.write(form.apply(vee)));
        written.put(vee.id(), new Written(vee, json));
        return json;
    }
}
