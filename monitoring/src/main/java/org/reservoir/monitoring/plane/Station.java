package org.reservoir.monitoring.plane;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.reservoir.kernel.Guard;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.plane.Memory.Kept;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Priority;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;

/**
 * The probes of one process and what is to be done with them: owns the process's {@link DataSource}, makes probes by their kind,
 * carries out orders from wherever they come, and remembers what must outlast a restart. A probe whose kind is withdrawn ends
 * and comes again with the kind. Has no thread and no clock: its owner calls {@link #turn}. Safe for several threads.
 */
public final class Station implements Controlled, AutoCloseable {
    /** @param outlets where it can be told to send @param memory what outlasts a restart @param audit who hears of orders */
    public record Ports(Outlets outlets, Memory memory, Audit audit) {
        public static final Ports NONE = new Ports(place -> {
            throw Refused.notFound("NO_SUCH_PLACE", "This source cannot send to '%s'.".formatted(place), "");
        }, Memory.NONE, (_, _, _, _) -> { });
    }

    private final SourceId id;
    private final String name;
    private final Kinds kinds;
    private final Ports ports;
    private final DataSource source;
    private final Guard lock = new Guard();
    private final Roll roll = new Roll();
    private final Subscriptions subscriptions;
    private Budgets budgets = Budgets.NONE;
    private Function<StreamInfo, Priority> ranking = _ -> Priority.NORMAL;
    private final Kinds.Watcher watcher = new Kinds.Watcher() {
        @Override
        public void came(String kind) {
            lock.hold(() -> welcome(kind));
        }

        @Override
        public void went(String kind) {
            lock.hold(() -> dismiss(kind));
        }
    };

    /**
     * Begins with the probes that its memory holds.
     *
     * @param name      for people, such as {@code server-1} or a host's
     * @param nowMillis of a clock that never goes back, the same as later given to {@link #turn}
     */
    public Station(SourceId id, String name, Kinds kinds, Ports ports, long nowMillis) {
        this.id = id;
        this.name = name;
        this.kinds = kinds;
        this.ports = ports;
        this.source = new DataSource(id, nowMillis);
        source.introduce(name, Optional.empty(), "");
        this.subscriptions = new Subscriptions(source, ports.outlets());
        keepWithin(ports.memory().budgets());
        kinds.watch(watcher);
        ports.memory().lasting().forEach(wanted -> roll.await(new Kept(wanted, true)));
        kinds.list().forEach(kind -> watcher.came(kind.name()));
        ports.memory().subscriptions().forEach(this::resume);
    }

    private void resume(Memory.Subscription kept) {
        try {
            subscriptions.begin(kept);
        } catch (Refused refused) { // the place is not there any more: told, and tried again at the next start
            ports.audit().ordered(name, id, new Order.Subscribe(kept.interest(), kept.to()), Answer.NotDone.of(refused));
        }
    }

    @Override
    public SourceId id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** For listeners in this process. Probes are added by orders alone. */
    public DataSource source() {
        return source;
    }

    /** Says which streams are slowed first, or never, when the source's budget is short; asked again and again. */
    public void rank(Function<StreamInfo, Priority> other) {
        lock.hold(() -> {
            ranking = other;
            source.keepWithin(budgets, ranking);
        });
    }

    /** Measures whatever is due; see {@link DataSource#turn}. */
    public void turn(long nowMillis, long wallMillis) {
        source.turn(nowMillis, wallMillis);
    }

    /** See {@link DataSource#rest}. */
    public void rest() throws InterruptedException {
        source.rest();
    }

    @Override
    public Answer apply(Order order, String by) {
        var answer = lock.hold(() -> answer(order));
        if (!(order instanceof Order.List || order instanceof Order.ListKinds)) {
            ports.audit().ordered(by, id, order, answer);
        }
        return answer;
    }

    private Answer answer(Order order) {
        try {
            return switch (order) {
                case Order.Add(var wanted, var lasting) -> add(wanted, lasting);
                case Order.Remove(var of) -> remove(of);
                case Order.Switch(var of, var on) -> ask(of, settings -> settings.switched(on));
                case Order.Rate(var of, var period) -> ask(of, settings -> settings.at(period));
                case Order.Filter(var of, var sending) -> ask(of, settings -> settings.sending(sending));
                case Order.Deliver(var of, var delivery) -> ask(of, settings -> settings.delivering(delivery));
                case Order.Relabel(var of, var labels) -> relabel(of, labels);
                case Order.Budget(var within) -> budget(within);
                case Order.Subscribe(var interest, var to) -> subscribe(interest, to);
                case Order.Unsubscribe(var number) -> unsubscribe(number);
                case Order.List(var of, var after, var most) -> roll.page(selected(of), after, most, source);
                case Order.ListKinds(var after) -> new Answer.KindsThere(kinds.list().stream().filter(kind -> kind.name().compareTo(after) > 0).toList(), false);
            };
        } catch (Refused refused) {
            return Answer.NotDone.of(refused);
        }
    }

    private Answer add(Wanted wanted, boolean lasting) {
        if (roll.has(wanted.name())) {
            throw Refused.conflict("PROBE_TAKEN", "There is a probe %s already.".formatted(wanted.name()), "Name it otherwise, or remove that one first.");
        }
        var kept = new Kept(ports.memory().settings(wanted.name()).map(wanted::asked).orElse(wanted), lasting);
        int stream = begin(kept);
        if (lasting) {
            remember(memory -> memory.keep(List.of(kept)));
        }
        return new Answer.Added(stream);
    }

    private int begin(Kept kept) {
        var wanted = kept.wanted();
        var probe = kinds.make(wanted.kind(), wanted.parameters());
        int stream = source.add(wanted.name(), wanted.subject(), wanted.labels(), probe, wanted.settings()).number();
        roll.put(stream, kept);
        return stream;
    }

    /** Asks of each selected probe what {@code how} makes of its settings. */
    private Answer ask(Selection of, UnaryOperator<ProbeSettings> how) {
        var asked = new ArrayList<Kept>();
        var answer = change(of, stream -> {
            var before = roll.of(stream);
            var after = new Kept(before.wanted().asked(how.apply(before.wanted().settings())), before.lasting());
            if (!Roll.waits(stream)) {
                source.change(stream, after.wanted().settings());
            }
            roll.put(stream, after);
            asked.add(after);
        });
        remember(memory -> memory.keep(asked));
        return answer;
    }

    private Answer remove(Selection of) {
        var gone = new ArrayList<String>();
        var answer = change(of, stream -> {
            gone.add(roll.of(stream).wanted().name());
            if (!Roll.waits(stream)) {
                source.remove(stream);
            }
            roll.remove(stream);
        });
        remember(memory -> memory.forget(gone));
        return answer;
    }

    private Answer relabel(Selection of, Labels labels) {
        return change(of, stream -> {
            if (!Roll.waits(stream)) {
                source.relabel(stream, labels);
            }
            roll.put(stream, new Kept(roll.of(stream).wanted().labelled(labels), roll.of(stream).lasting()));
        });
    }

    private interface Doing {
        /** @throws Refused when this one cannot */
        void to(int stream);
    }

    /** All at once: between ten thousand of them the thread that measures would take the lock as often. */
    private Answer change(Selection of, Doing doing) {
        var changing = new Changing();
        source.atOnce(() -> selected(of).forEach(stream -> changing.to(stream, of, doing)));
        return new Answer.Done(changing.changed, changing.unfit, changing.why);
    }

    /** How far an order for many has come. */
    private static final class Changing {
        private int changed;
        private int unfit;
        private String why = "";

        void to(int stream, Selection of, Doing doing) {
            try {
                doing.to(stream);
                changed++;
            } catch (Refused refused) {
                if (of.isSingle()) {
                    throw refused;
                }
                why = unfit++ == 0 ? refused.getMessage() : why;
            }
        }
    }

    /** @throws Refused {@code NO_SUCH_PROBE} when a single one is meant */
    private List<Integer> selected(Selection of) {
        var selected = roll.selected(of, source);
        if (selected.isEmpty() && of.isSingle()) {
            throw Refused.notFound("NO_SUCH_PROBE", "%s has no %s.".formatted(name, of), "");
        }
        return selected;
    }

    private Answer budget(Budgets within) {
        keepWithin(within);
        remember(memory -> memory.keep(within));
        return new Answer.Done(roll.size(), 0, "");
    }

    private void keepWithin(Budgets within) {
        budgets = within;
        source.keepWithin(budgets, ranking);
    }

    private Answer subscribe(Interest interest, String to) {
        var wanted = new Memory.Subscription(subscriptions.next(), interest, to);
        subscriptions.begin(wanted);
        remember(memory -> memory.keep(wanted));
        return new Answer.Subscribed(wanted.number());
    }

    private Answer unsubscribe(int number) {
        if (!subscriptions.end(number)) {
            throw Refused.notFound("NO_SUCH_SUBSCRIPTION", "%s has no subscription %d that was ordered.".formatted(name, number), "");
        }
        remember(memory -> memory.forget(number));
        return new Answer.Done(1, 0, "");
    }

    /** @throws Refused {@code ORDER_NOT_KEPT}: it is done, and would not be again after a restart */
    private void remember(Consumer<Memory> what) {
        try {
            what.accept(ports.memory());
        } catch (Refused trouble) {
            throw Refused.unavailable("ORDER_NOT_KEPT", "%s has done it, but will not know it after a restart: %s".formatted(name, trouble.getMessage()), "Order it again when that is mended.");
        }
    }

    // ---- kinds that come and go

    private boolean welcome(String kind) {
        for (int number : roll.waitingFor(kind)) {
            var kept = roll.of(number);
            try {
                begin(kept);
                roll.remove(number);
            } catch (Refused refused) { // the kind is not what it was: told, and tried again with the next of that name
                ports.audit().ordered(name, id, new Order.Add(kept.wanted(), kept.lasting()), Answer.NotDone.of(refused));
            }
        }
        return true;
    }

    private boolean dismiss(String kind) {
        for (int stream : roll.runningOf(kind)) {
            var kept = roll.of(stream);
            source.remove(stream, "its kind %s was withdrawn".formatted(kind));
            roll.remove(stream);
            roll.await(kept);
        }
        return true;
    }

    /** Tells that all streams end; what was to last is there again at the next start. */
    @Override
    public void close() {
        kinds.unwatch(watcher);
        source.close();
        subscriptions.close();
    }
}
