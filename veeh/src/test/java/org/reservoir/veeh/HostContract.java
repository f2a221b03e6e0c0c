package org.reservoir.veeh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/** What the VEEM relies on with every host, whatever drives it. A driver's test extends this and hands in a host that is connected and empty. */
public abstract class HostContract {
    protected static final VeeId VEE = new VeeId(7);

    /** The same at every call within one test. */
    protected abstract VeeHost host();

    @Test
    void everyOrderOfALifeMayBeGivenTwice() {
        List<Step> life = List.of(new Step(VeeHost::prepare, GuestState.SHUT_OFF), new Step(VeeHost::start, GuestState.RUNNING),
                new Step((host, order, _) -> host.pause(order), GuestState.PAUSED), new Step((host, order, _) -> host.unpause(order), GuestState.RUNNING),
                new Step((host, order, _) -> host.save(order), GuestState.SAVED), new Step(VeeHost::restore, GuestState.RUNNING),
                new Step((host, order, _) -> host.reboot(order, true), GuestState.RUNNING),
                new Step((host, order, _) -> host.shutdown(order, true), GuestState.SHUT_OFF));
        for (int i = 0; i < life.size(); i++) {
            for (int time = 0; time < 2; time++) {
                life.get(i).act.give(host(), order(i + 1), guest());
                assertThat(host().census().ours()).as("step %d, time %d", i, time).extracting(Census.Sighting::vee, Census.Sighting::state)
                        .containsExactly(tuple(VEE, life.get(i).state));
            }
        }
        host().erase(order(9));
        host().erase(order(9));
        assertThat(host().census().ours()).isEmpty();
    }

    private record Step(Act act, GuestState state) {}

    @FunctionalInterface
    private interface Act {
        void give(VeeHost host, Order order, Guest guest);
    }

    @Test
    void anOrderOlderThanTheNewestIsRefusedAlsoOnceTheGuestIsGone() {
        host().start(order(5), guest());
        fails(Kind.STALE_ORDER, () -> host().shutdown(order(4), true));
        fails(Kind.STALE_ORDER, () -> host().erase(order(4)));
        host().pause(order(5));
        host().erase(order(6));
        fails(Kind.STALE_ORDER, () -> host().start(order(5), guest()));
        assertThat(host().census().ours()).isEmpty();
    }

    @Test
    void anOrderForAGuestThatIsNotThereSaysSo() {
        var disk = guest().disk(0);
        List<BiConsumer<VeeHost, Order>> orders = List.of(VeeHost::pause, VeeHost::unpause, VeeHost::save, (host, order) -> host.restore(order, guest()),
                (host, order) -> host.shutdown(order, false), (host, order) -> host.reboot(order, false), (host, order) -> host.resize(order, guest()),
                (host, order) -> host.resizeDisk(order, guest(), disk.number()),
                (host, order) -> host.snapshot(order, guest(), new SnapshotWork(SnapshotWork.Verb.TAKE, "s", OptionalInt.empty())),
                (host, order) -> host.exportDisk(order, guest(), disk.number(), true, java.io.OutputStream::nullOutputStream, Progress.UNHEARD));
        for (int i = 0; i < orders.size(); i++) {
            var order = orders.get(i);
            int number = i + 1;
            fails(Kind.NO_SUCH_GUEST, () -> order.accept(host(), order(number)));
        }
        fails(Kind.NO_SUCH_GUEST, () -> host().console(VEE));
        host().erase(order(99));
    }

    @Test
    void aListenerHearsWhatBecomesOfAGuestUntilItLeaves() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        var subscription = host().watch(new Heard(heard));
        host().start(order(1), guest());
        awaits(heard, VEE + " RUNNING");
        host().shutdown(order(2), true);
        awaits(heard, VEE + " SHUT_OFF");
        host().erase(order(3));
        awaits(heard, VEE + " gone");
        subscription.close();
        host().start(order(4), guest());
        host().erase(order(5));
        assertThat(heard).isEmpty();
    }

    private static void awaits(BlockingQueue<String> heard, String what) throws InterruptedException {
        for (var next = heard.poll(1, TimeUnit.MINUTES); !what.equals(next); next = heard.poll(1, TimeUnit.MINUTES)) {
            assertThat(next).as("waiting for " + what).isNotNull();
        }
    }

    @Test
    void theHostSaysWhatItIsAndNeverLessThanItsGuestsUse() {
        host().start(order(1), guest());
        assertThat(host().facts().processors()).isPositive();
        assertThat(host().facts().capacity().memory().bytes()).isGreaterThanOrEqualTo(guest().memory().bytes());
        assertThat(host().reading().guests()).singleElement().satisfies(guest -> assertThat(guest.vee()).isEqualTo(VEE));
        host().erase(order(2));
        assertThat(host().reading().guests()).isEmpty();
    }

    @Test
    void onceLetGoOfTheHostIsUnreachableAndItsGuestsGoOn() {
        host().start(order(1), guest());
        host().close();
        fails(Kind.UNREACHABLE, () -> host().census());
        fails(Kind.UNREACHABLE, () -> host().pause(order(2)));
    }

    private static void fails(Kind kind, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind));
    }

    private static Order order(long generation) {
        return new Order(VEE, generation, Duration.ofMinutes(1));
    }

    private static Guest guest() {
        var disk = new Disk(0, new Disk.Content.Blank(), DataSize.mebibytes(8), Disk.Bus.VIRTIO, false, Optional.empty());
        return new Guest(VEE, "web", 1, 1, Cpus.of(1), DataSize.mebibytes(64), DataSize.mebibytes(64), new Guest.Boot.FromDisk(), List.of(disk), List.of(),
                Map.of(), false);
    }
}
