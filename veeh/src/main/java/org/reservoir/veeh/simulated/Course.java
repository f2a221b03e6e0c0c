package org.reservoir.veeh.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostListener;
import org.reservoir.interfaces.vhi.Order;

/**
 * One call on its way through a machine: waits out hangs and paces, lets its fault strike, works under the machine's lock and tells
 * listeners afterwards. What the call does is given to it.
 */
final class Course {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimulatedMachine machine;
    private final SimulatedMachine other;
    private final Call call;
    private final Duration patience;
    private final List<Consumer<HostListener>> events = new ArrayList<>(2);
    private int stepsLeft = Integer.MAX_VALUE;

    private Course(SimulatedMachine machine, SimulatedMachine other, Call call) {
        this.machine = machine;
        this.other = other;
        this.call = call;
        this.patience = call.order().map(Order::patience).orElse(PATIENCE);
    }

    static <T> T run(SimulatedMachine machine, Verb verb, Optional<Order> order, Function<Course, T> work) {
        return new Course(machine, machine, new Call(machine.name, verb, order)).run(work);
    }

    /** The same with the locks of two machines, taken in the order of their names. */
    static <T> T between(SimulatedMachine from, SimulatedMachine to, Verb verb, Order order, Function<Course, T> work) {
        return new Course(from, to, new Call(from.name, verb, Optional.of(order))).run(work);
    }

    /** Marks a place between two steps of the work, where a connection may break. */
    void step() {
        if (stepsLeft-- <= 0) {
            throw failure(HostFailure.Kind.UNREACHABLE, "The connection broke half way through %s.");
        }
    }

    void tell(Consumer<HostListener> event) {
        events.add(event);
    }

    private <T> T run(Function<Course, T> work) {
        machine.settle();
        other.settle();
        checkReachable();
        waitOutHang();
        machine.world.pace().spend(call, patience);
        var fault = machine.world.faults().strike(call);
        strikeBefore(fault, work);
        var result = work(fault, work);
        if (fault == Fault.TIMED_OUT_DONE || fault == Fault.HALF_DONE) {
            throw failure(fault == Fault.HALF_DONE ? HostFailure.Kind.UNREACHABLE : HostFailure.Kind.TIMED_OUT, "No answer to %s.");
        }
        return result;
    }

    private <T> T work(Fault fault, Function<Course, T> work) {
        if (fault == Fault.HALF_DONE) {
            stepsLeft = machine.world.nextHalf();
        }
        boolean inOrder = machine.name.compareTo(other.name) <= 0;
        var first = inOrder ? machine.lock : other.lock;
        var second = inOrder ? other.lock : machine.lock;
        first.lock();
        second.lock();
        try {
            return kept(work);
        } finally {
            second.unlock();
            first.unlock();
            if (fault != Fault.EVENTS_LOST) {
                events.forEach(machine.ears::tell);
            }
        }
    }

    /** Whatever came of the work, done or half done, is kept. */
    private <T> T kept(Function<Course, T> work) {
        try {
            return work.apply(this);
        } finally {
            machine.keep(call);
            if (other != machine) {
                other.keep(call);
            }
        }
    }

    private void strikeBefore(Fault fault, Function<Course, ?> work) {
        switch (fault) {
            case UNREACHABLE -> throw failure(HostFailure.Kind.UNREACHABLE, "No connection for %s.");
            case TIMED_OUT_UNDONE -> throw failure(HostFailure.Kind.TIMED_OUT, "No answer to %s.");
            case NO_ROOM -> throw failure(HostFailure.Kind.NO_ROOM, "No room for %s.");
            case BUSY -> throw failure(HostFailure.Kind.BUSY, "Too busy for %s.");
            case TIMED_OUT_LATE -> {
                machine.locked(() -> machine.late.add(() -> workLate(work)));
                throw failure(HostFailure.Kind.TIMED_OUT, "No answer to %s yet.");
            }
            case NONE, TIMED_OUT_DONE, HALF_DONE, EVENTS_LOST -> { }
        }
    }

    private void workLate(Function<Course, ?> work) {
        try {
            work(Fault.NONE, work);
        } catch (HostFailure _) {
            // nobody waits for the answer any more
        }
    }

    private void checkReachable() {
        if (machine.cutOff || machine.asleep()) {
            throw failure(HostFailure.Kind.UNREACHABLE, "No connection for %s.");
        }
    }

    private void waitOutHang() {
        try {
            if (machine.hang.getCount() > 0 && !machine.hang.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw failure(HostFailure.Kind.TIMED_OUT, "The host hangs at %s.");
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw failure(HostFailure.Kind.TIMED_OUT, "Interrupted at %s.");
        }
    }

    HostFailure failure(HostFailure.Kind kind, String message) {
        return new HostFailure(kind, message.formatted(call));
    }
}
