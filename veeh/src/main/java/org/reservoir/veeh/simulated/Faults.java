package org.reservoir.veeh.simulated;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.reservoir.kernel.VeeId;

/** Decides which calls go wrong. */
@FunctionalInterface
public interface Faults {
    Faults NONE = _ -> Fault.NONE;

    Fault strike(Call call);

    /** A script that tests write as they go: {@code script.next(Verb.START, Fault.TIMED_OUT_DONE)}. */
    static Script script() {
        return new Script();
    }

    /** Makes {@code perMille} of a thousand calls go wrong, each kind as likely as the others; the same for the same seed and order of calls. */
    static Faults seeded(long seed, int perMille) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var kinds = Fault.values();
        return _ -> {
            synchronized (random) {
                return random.nextInt(1000) < perMille ? kinds[1 + random.nextInt(kinds.length - 1)] : Fault.NONE;
            }
        };
    }

    /** Faults that wait for their calls; each strikes once. */
    final class Script implements Faults {
        private record Line(String machine, Verb verb, VeeId vee, Fault fault) {
            boolean meets(Call call) {
                return verb == call.verb() && (machine == null || machine.equals(call.machine()))
                        && (vee == null || call.order().filter(order -> order.vee().equals(vee)).isPresent());
            }
        }

        private final List<Line> lines = new CopyOnWriteArrayList<>();

        /** The next such call on any machine. */
        public Script next(Verb verb, Fault fault) {
            lines.add(new Line(null, verb, null, fault));
            return this;
        }

        public Script next(String machine, Verb verb, Fault fault) {
            lines.add(new Line(machine, verb, null, fault));
            return this;
        }

        public Script next(VeeId vee, Verb verb, Fault fault) {
            lines.add(new Line(null, verb, vee, fault));
            return this;
        }

        /** Whether every fault has struck. */
        public boolean isDone() {
            return lines.isEmpty();
        }

        @Override
        public Fault strike(Call call) {
            if (lines.isEmpty()) {
                return Fault.NONE;
            }
            for (Iterator<Line> each = lines.iterator(); each.hasNext();) {
                var line = each.next();
                if (line.meets(call) && lines.remove(line)) {
                    return line.fault();
                }
            }
            return Fault.NONE;
        }
    }
}
