package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.store.testing.TestDatabase;

/**
 * Lives of services on a site where VEEs come up at random speed, fail and vanish, people scale and undeploy, and the Service Manager's
 * process ends in the middle of its turns. What must always hold is looked at after every event.
 */
@Tag("long")
class SimulationTest {
    private static final int EVENTS = 120;
    private static final byte[] THREE_TIERS = Manifests.collection(Manifests.item("db", 1) + Manifests.item("app", 2) + Manifests.item("cache", 2) + Manifests.item("web", 5) + Manifests.item("batch", 5),
            Manifests.system("db", 1, 1, 1, "") + Manifests.system("app", 1, 2, 4, Manifests.property("DB", "@PrecedentTierEntryPoint(net,db)"))
                    + Manifests.system("cache", 1, 1, 2, "") + Manifests.system("batch", 0, 1, 3, "") + Manifests.system("web", 1, 2, 6, Manifests.rule("50") + Manifests.property("APP", "@PrecedentTierEntryPoint(net,app) @id(1)")));

    /** A long run: {@code -Dlives=10000}. */
    @Test
    void invariantsHoldInEveryLife() {
        Seeded.forAll(Integer.getInteger("lives", 150), seed -> live(seed, RememberedRecords::new));
    }

    @Test
    void theyHoldOnARealDatabaseToo() {
        var database = TestDatabase.fresh("db/store", ServiceManager.MIGRATIONS);
        try (database) {
            Seeded.forAll(2, seed -> live(seed, () -> new DatabaseRecords(database)));
        }
    }

    private static void live(long seed, Supplier<ServiceRecords> records) {
        var random = Seeded.random(seed);
        var world = new World(records.get());
        var id = world.submit("life-%d".formatted(seed), THREE_TIERS);
        boolean ended = false;
        for (int i = 0; i < EVENTS; i++) {
            ended |= event(world, id, random, i);
            look(world, id);
        }
        comeToRest(world, id, ended);
    }

    /** @return whether it was the end */
    private static boolean event(World world, ServiceId id, RandomGenerator random, int number) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> cutOffTurn(world, id, random);
            case 4, 5, 6, 7 -> world.site.pass(Duration.ofSeconds(random.nextInt(1, 20)), random, 4);
            case 8 -> scale(world, id, random);
            case 9 -> {
                world.kpis.put("load", random.nextInt(4) == 0 ? Window.EMPTY : Window.of(random.nextInt(0, 500), 1));
                world.elasticity.turn(world.site.now());
            }
            case 10 -> world.site.most = random.nextInt(3) == 0 ? random.nextInt(1, 6) : Integer.MAX_VALUE;
            default -> {
                if (number > EVENTS / 2 && random.nextInt(8) == 0) {
                    world.services.undeploy(ANNA, id);
                    return true;
                }
            }
        }
        return false;
    }

    private static void cutOffTurn(World world, ServiceId id, RandomGenerator random) {
        if (random.nextInt(3) == 0) {
            world.site.cutOffAfter(random.nextInt(4), random.nextBoolean());
        }
        try {
            world.turn(id);
        } catch (FakeSite.CutOff _) {
            world.restart();
        }
        world.site.cutOffAfter(-1, false);
    }

    private static void scale(World world, ServiceId id, RandomGenerator random) {
        var service = world.service(id);
        if (service.state() != Service.State.UNDEPLOYING && service.state() != Service.State.UNDEPLOYED && world.records.find(id).orElseThrow().up()) {
            var component = service.components().get(random.nextInt(service.components().size()));
            world.services.scale(ANNA, id, component.name(), random.nextInt(component.least(), component.most() + 1));
        }
    }

    private static void look(World world, ServiceId id) {
        var living = ours(world, id);
        assertThat(living).extracting(World::replica).as("two VEEs for one replica").doesNotHaveDuplicates();
        var service = world.service(id);
        for (var component : service.components()) {
            var there = living.stream().filter(vee -> isOf(vee, component.name())).count();
            assertThat(there).as("replicas of %s", component.name()).isLessThanOrEqualTo(component.most());
            assertThat(component.wanted()).isBetween(component.least(), component.most());
        }
        ordered(world, id, living);
        assertThat(world.site.networks().networks(ANNA, Page.Request.ALL).items()).extracting(network -> network.name()).doesNotHaveDuplicates();
    }

    /** A component has VEEs only after all of the orders below it were complete once. */
    private static void ordered(World world, ServiceId id, List<Vee> living) {
        var kept = world.records.find(id).orElseThrow();
        for (var component : kept.components()) {
            if (kept.up() && living.stream().anyMatch(vee -> isOf(vee, component.name()))) {
                // a turn that was cut off may have made VEEs before it wrote down that the order below is complete
                var below = kept.components().stream().filter(other -> other.order() < component.order() && !other.started()).toList();
                assertThat(below).allSatisfy(other -> assertThat(world.made(other.name())).as("%s began before %s", component.name(), other.name()).isTrue());
            }
        }
    }

    private static boolean isOf(Vee vee, String component) {
        return component.equals(vee.spec().tags().get(VeeChanged.COMPONENT_TAG));
    }

    private static List<Vee> ours(World world, ServiceId id) {
        return world.site.living().stream().filter(vee -> id.toString().equals(vee.spec().tags().get(VeeChanged.SERVICE_TAG))).toList();
    }

    /** With all troubles over, the service comes to what is wanted: no VEE too many, none too few, none lost. */
    private static void comeToRest(World world, ServiceId id, boolean ended) {
        world.site.most = Integer.MAX_VALUE;
        for (int i = 0; i < 100 && (i == 0 || !atRest(world.service(id))); i++) {
            if (world.service(id).state() == Service.State.FAILED) {
                world.services.retry(ANNA, id);
            }
            world.turn(id);
            world.site.settle(Duration.ofSeconds(30));
            world.turn(id);
        }
        var service = world.service(id);
        assertThat(service.state()).isEqualTo(ended ? Service.State.UNDEPLOYED : Service.State.RUNNING);
        var counts = ours(world, id).stream().collect(Collectors.groupingBy(vee -> vee.spec().tags().get(VeeChanged.COMPONENT_TAG), Collectors.counting()));
        for (var component : service.components()) {
            assertThat(counts.getOrDefault(component.name(), 0L)).isEqualTo(ended ? 0 : component.wanted());
        }
        assertThat(world.site.networks().networks(ANNA, Page.Request.ALL).items()).hasSize(ended ? 0 : 1);
    }

    private static boolean atRest(Service service) {
        return service.state() == Service.State.RUNNING || service.state() == Service.State.UNDEPLOYED;
    }
}
