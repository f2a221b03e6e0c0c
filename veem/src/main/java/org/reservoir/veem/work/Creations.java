package org.reservoir.veem.work;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.VeeRecord;

/**
 * Group commit (DeWitt and others, 1984): small orders of one caller that arrive while others are being written are written together, in one transaction.
 * Where nobody writes an order is written at once. When something is wrong with one of many, nothing of that transaction holds, and each gets
 * a transaction of its own and its own answer.
 */
final class Creations {
    /** More VEEs than this in one order, and it is written alone: nobody is to wait for it. */
    private static final int SMALL = 32;
    /** So many VEEs in one transaction, at most. */
    private static final int MOST = 256;
    private static final int WRITERS = 2;
    private static final long PATIENCE_SECONDS = 5;

    private final Writer writer;
    private final Semaphore writers = new Semaphore(WRITERS, true);
    private final List<Order> waiting = new ArrayList<>();

    /** Writes VEEs down in a transaction of its own, all or none. */
    interface Writer {
        List<VeeRecord> write(Caller caller, List<VeeSpec> specs, List<List<Parts.DiskPart>> disks);
    }

    /** @param answer gives what was made, or throws why it was not */
    private record Order(Caller caller, List<VeeSpec> specs, List<List<Parts.DiskPart>> disks, CompletableFuture<Supplier<List<VeeRecord>>> answer) {
        boolean goesWith(Order other, Set<String> names) {
            return caller.equals(other.caller) && names.size() + specs.size() <= MOST && specs.stream().map(VeeSpec::name).noneMatch(names::contains);
        }
    }

    Creations(Writer writer) {
        this.writer = writer;
    }

    List<VeeRecord> create(Caller caller, List<VeeSpec> specs, List<List<Parts.DiskPart>> disks) {
        return specs.size() > SMALL ? writer.write(caller, specs, disks) : together(new Order(caller, specs, disks, new CompletableFuture<>()));
    }

    private List<VeeRecord> together(Order order) {
        synchronized (waiting) {
            waiting.add(order);
        }
        if (mayWrite()) {
            try {
                write(taken(order));
            } finally {
                writers.release();
            }
        } else if (removed(order)) {
            return alone(order);
        }
        return order.answer().join().get(); // whoever took it answers it, whatever comes of it
    }

    private boolean mayWrite() {
        try {
            return writers.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean removed(Order order) {
        synchronized (waiting) {
            return waiting.remove(order);
        }
    }

    /** The order and all that can go with it, or nothing when another has taken it along. */
    private List<Order> taken(Order order) {
        synchronized (waiting) {
            if (!waiting.remove(order)) {
                return List.of();
            }
            var taken = new ArrayList<>(List.of(order));
            var names = order.specs().stream().map(VeeSpec::name).collect(Collectors.toCollection(HashSet::new));
            for (var others = waiting.iterator(); others.hasNext();) {
                var other = others.next();
                if (other.goesWith(order, names)) {
                    others.remove();
                    taken.add(other);
                    other.specs().forEach(spec -> names.add(spec.name()));
                }
            }
            return taken;
        }
    }

    private void write(List<Order> orders) {
        if (orders.isEmpty()) {
            return;
        }
        try {
            var made = writer.write(orders.getFirst().caller(), all(orders, Order::specs), all(orders, Order::disks));
            int from = 0;
            for (var order : orders) {
                var own = made.subList(from, from + order.specs().size());
                from += own.size();
                order.answer().complete(() -> own);
            }
        } catch (RuntimeException failure) {
            var alone = orders.size() > 1 && !ofTheDatabase(failure);
            orders.forEach(order -> order.answer().complete(() -> {
                if (alone) {
                    return alone(order);
                }
                throw failure;
            }));
        } finally {
            orders.forEach(order -> order.answer().completeExceptionally(new IllegalStateException("The transaction of its creation broke off."))); // who has an answer keeps it
        }
    }

    private static <T> List<T> all(List<Order> orders, Function<Order, List<T>> part) {
        return orders.stream().map(part).flatMap(List::stream).toList();
    }

    /** Then it is nobody's order that was wrong, and what was written may even hold: nothing to try again. */
    private static boolean ofTheDatabase(RuntimeException failure) {
        return failure instanceof Refused refused && refused.kind() == Refused.Kind.UNAVAILABLE;
    }

    private List<VeeRecord> alone(Order order) {
        return writer.write(order.caller(), order.specs(), order.disks());
    }
}
