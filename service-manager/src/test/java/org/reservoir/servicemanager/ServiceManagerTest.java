package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.smi.ServiceChanged;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.store.NewEvent;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

/** The whole Service Manager on a real database, over a site in memory. */
class ServiceManagerTest {
    private final FakeSite site = new FakeSite(World.START);
    private final Map<String, Window> kpis = new HashMap<>();
    private SiteDatabase database;
    private ServiceManager manager;

    @BeforeEach
    void open() {
        database = TestDatabase.fresh(site::now, "db/store", ServiceManager.MIGRATIONS);
        site.images.add("reservoir-guest");
        manager = manager();
    }

    @AfterEach
    void close() {
        manager.close();
        database.close();
    }

    private ServiceManager manager() {
        return new ServiceManager("one", database, site, (_, _, kpi, _, _) -> kpis.getOrDefault(kpi, Window.EMPTY), HourlyPrice.UNKNOWN, ServiceSettings.DEFAULT, site::now);
    }

    private ServiceId submit(String name) {
        return manager.services().submit(ANNA, new ServiceRequest(name, Manifests.twoTier(), Map.of())).id();
    }

    private Service service(ServiceId id) {
        return manager.services().service(ANNA, id);
    }

    private void settle() {
        for (int i = 0; i < 12; i++) {
            manager.turn(site.now());
            site.settle(Duration.ofSeconds(5));
        }
        manager.turn(site.now());
    }

    private void tellOf(Vee vee, VeeState to) {
        var changed = new VeeChanged(vee.id(), vee.name(), Optional.of(vee.state()), to, Optional.empty(), false, ANNA.user(), ANNA.group(), vee.spec().tags(), 1, 1000, 0, 0, 2,
                site.now(), "it ended");
        database.run(transaction -> transaction.publish(new NewEvent(VeeChanged.TOPIC, vee.id().toString(), "VeeChanged", Wire.write(changed))));
    }

    @Test
    void aServiceComesUpScalesByItsRuleShrinksAgainAndGoes() {
        var id = submit("shop");
        settle();
        assertThat(service(id).state()).isEqualTo(Service.State.RUNNING);
        kpis.put("load", Window.of(140, 1));
        for (int i = 0; i < 10; i++) {
            manager.evaluate(site.now());
            settle();
        }
        assertThat(service(id).components().getLast().ready()).isEqualTo(3);
        kpis.put("load", Window.of(10, 1));
        for (int i = 0; i < 10; i++) {
            manager.evaluate(site.now());
            settle();
        }
        assertThat(service(id)).satisfies(service -> {
            assertThat(service.state()).isEqualTo(Service.State.RUNNING);
            assertThat(service.components().getLast().replicas()).extracting(Service.Replica::number).containsExactly(0);
        });
        manager.services().undeploy(ANNA, id);
        settle();
        assertThat(service(id).state()).isEqualTo(Service.State.UNDEPLOYED);
        assertThat(site.living()).isEmpty();
        assertThat(wanted()).containsExactly(2, 3, 2, 1);
    }

    private static final byte[] CROWD = Manifests.collection(Manifests.item("web", 1), Manifests.system("web", 1, 2, 9, Manifests.rule("50")));

    private ServiceId growing(byte[] manifest, int most) {
        var id = manager.services().submit(ANNA, new ServiceRequest("crowd", manifest, Map.of())).id();
        settle();
        site.most = most;
        kpis.put("load", Window.of(200, 1));
        manager.evaluate(site.now().plusSeconds(3600));
        settle();
        return id;
    }

    @Test
    void whatARuleAsksForAsOneIsAskedOfTheSiteAsOneSet() {
        growing(CROWD, 9);
        var sets = site.living().stream().map(vee -> vee.spec().placement().set()).toList();
        assertThat(sets.subList(0, 2)).containsOnly(Optional.empty());
        assertThat(sets.subList(2, 4)).hasSize(2).allSatisfy(set -> assertThat(set.orElseThrow()).startsWith("web from 2 to 4 replicas")).containsOnly(sets.getLast());
    }

    @Test
    void whatTheSiteRefusesOfASetIsRefusedAsAWholeAndTold() {
        var id = growing(CROWD, 3);
        assertThat(site.living()).hasSize(2);
        assertThat(service(id).problem().orElseThrow()).contains("web, replica 2").contains("Only 3 VEEs are allowed");
        manager.services().scale(ANNA, id, "web", 3);
        settle();
        assertThat(site.living()).as("one by hand is one by itself").hasSize(3).allSatisfy(vee -> assertThat(vee.spec().placement().set()).isEmpty());
    }

    @Test
    void aComponentMayTakeWhatItGets() {
        var manifest = Manifests.collection(Manifests.item("web", 1), Manifests.system("web", 1, 2, 9, Manifests.rule("50") + Manifests.property("SCALE_UP_AS_ONE", "false")));
        growing(manifest, 3);
        assertThat(site.living()).hasSize(3).allSatisfy(vee -> assertThat(vee.spec().placement().set()).isEmpty());
    }

    private List<Integer> wanted() {
        return changes().stream().filter(change -> change.component().equals("web")).map(ServiceChanged::wanted).toList();
    }

    private List<ServiceChanged> changes() {
        return TestDatabase.told(database, Set.of(ServiceChanged.TOPIC)).stream().map(told -> Wire.read(told.body(), ServiceChanged.class)).toList();
    }

    @Test
    void everyChangeOfStateIsTold() {
        submit("shop");
        settle();
        assertThat(changes()).extracting(ServiceChanged::to).containsExactly(Service.State.DEPLOYING, Service.State.RUNNING);
    }

    @Test
    void aVeeThatEndsBehindItsBackIsHeardOfAndReplacedBeforeTheNextRound() {
        var id = submit("shop");
        settle();
        var web = site.living().getLast();
        site.vanish(web.id());
        assertThat(manager.turn(site.now())).isZero();
        tellOf(web, VeeState.TERMINATED);
        assertThat(manager.turn(site.now())).isPositive();
        assertThat(site.living()).extracting(World::replica).containsExactly("db/0", "web/0");
        settle();
        assertThat(service(id).state()).isEqualTo(Service.State.RUNNING);
    }

    @Test
    void whenNothingIsHeardItLooksAllTheSame() {
        submit("shop");
        settle();
        site.vanish(site.living().getLast().id());
        site.settle(ServiceSettings.DEFAULT.resync());
        manager.turn(site.now());
        assertThat(site.living()).hasSize(2);
    }

    @Test
    void eventsThatCannotBeReadOrNameNoServiceHoldNobodyUp() {
        var id = submit("shop");
        database.run(transaction -> {
            transaction.publish(VeeChanged.TOPIC, "vee-1", "VeeChanged", "{}");
            transaction.publish(VeeChanged.TOPIC, "vee-1", "VeeChanged", "nonsense");
        });
        settle();
        assertThat(service(id).state()).isEqualTo(Service.State.RUNNING);
    }

    @Test
    void twoServersNeverTakeATurnOfOneServiceAtTheSameTime() {
        submit("shop");
        var queue = new TurnQueue(database, "one");
        var now = site.now();
        var held = queue.claim(now, Duration.ofMinutes(2), 10);
        assertThat(held).hasSize(1);
        assertThat(queue.claim(now, Duration.ofMinutes(2), 10)).isEmpty();
        var takenOver = queue.claim(now.plusSeconds(121), Duration.ofMinutes(2), 10);
        assertThat(takenOver).hasSize(1);
        queue.finish(held.getFirst(), now, Optional.of(Instant.EPOCH));
        assertThat(queue.claim(now.plusSeconds(122), Duration.ofMinutes(2), 10)).as("a late finish says nothing").isEmpty();
        queue.finish(takenOver.getFirst(), now.plusSeconds(122), Optional.of(now.plusSeconds(200)));
        assertThat(queue.claim(now.plusSeconds(199), Duration.ofMinutes(2), 10)).isEmpty();
        assertThat(queue.claim(now.plusSeconds(200), Duration.ofMinutes(2), 10)).hasSize(1);
    }

    @Test
    void whatIsHeardDuringATurnBringsAnother() {
        var id = submit("shop");
        var queue = new TurnQueue(database, "one");
        var turn = queue.claim(site.now(), Duration.ofMinutes(2), 10).getFirst();
        manager.services().scale(ANNA, id, "web", 2);
        assertThat(queue.claim(site.now(), Duration.ofMinutes(2), 10)).as("the turn is not over").isEmpty();
        queue.finish(turn, site.now(), Optional.of(site.now().plusSeconds(1000)));
        assertThat(queue.claim(site.now(), Duration.ofMinutes(2), 10)).hasSize(1);
    }

    @Test
    void anotherServerGoesOnWhereThisOneWasKilled() {
        var id = submit("shop");
        site.cutOffAfter(1, false);
        assertThatThrownBy(() -> manager.turn(site.now())).isInstanceOf(FakeSite.CutOff.class);
        manager.close();
        manager = manager();
        assertThat(manager.turn(site.now())).as("its lease still holds").isZero();
        site.settle(Duration.ofMinutes(3));
        settle();
        assertThat(service(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(site.living()).extracting(World::replica).containsExactly("db/0", "web/0");
    }

    @Test
    void aServerThatWasKilledGoesOnAtOnceWhenItIsBack() {
        var id = submit("shop");
        site.cutOffAfter(1, false);
        assertThatThrownBy(() -> manager.turn(site.now())).isInstanceOf(FakeSite.CutOff.class);
        manager.close();
        assertThat(new TurnQueue(database, "another").takeBack()).isZero();
        assertThat(new TurnQueue(database, "one").takeBack()).isOne();
        manager = manager();
        settle();
        assertThat(service(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(site.living()).extracting(World::replica).containsExactly("db/0", "web/0");
    }

    @Test
    void aNameIsTakenAndAFailureIsKept() {
        var id = submit("shop");
        assertThatThrownBy(() -> submit("shop")).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("SERVICE_NAME_TAKEN"));
        site.most = 1;
        for (int i = 0; i < 12; i++) {
            manager.turn(site.now());
            site.settle(Duration.ofMinutes(1));
        }
        assertThat(service(id).state()).isEqualTo(Service.State.FAILED);
        assertThat(service(id).problem().orElseThrow()).contains("web, replica 0");
        site.most = 9;
        manager.services().retry(ANNA, id);
        settle();
        assertThat(service(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(manager.services().manifest(ANNA, id)).isEqualTo(Manifests.twoTier());
        assertThat(manager.services().services(ANNA, Page.Request.ALL).items()).extracting(Service::id).containsExactly(id);
        assertThat(manager.services().decisions(ANNA, id, Page.Request.ALL).items()).isEmpty();
    }

    @Test
    void startedItWorksByItself() throws InterruptedException {
        manager.start();
        var id = submit("shop");
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (service(id).state() != Service.State.RUNNING && System.nanoTime() < end) {
            site.settle(Duration.ofSeconds(1));
            Thread.sleep(50);
        }
        assertThat(service(id).state()).isEqualTo(Service.State.RUNNING);
    }
}
