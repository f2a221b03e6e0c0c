package org.reservoir.servicemanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.servicemanager.FakeSite.ANNA;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

class ReconcilerTest {
    private final World world = new World();

    @Test
    void theTwoTierExampleComesUpInOrderAndTheWebTierIsToldWhereTheDatabaseIs() {
        var id = world.submit("shop", Manifests.twoTier());
        world.turn(id);
        assertThat(world.replicas()).containsExactly("db/0");
        world.site.settle(Duration.ofSeconds(5));
        world.turn(id);
        assertThat(world.replicas()).containsExactly("db/0", "web/0");
        var db = world.site.living().getFirst();
        var web = world.site.living().getLast();
        assertThat(web.name()).isEqualTo("shop-web-0");
        assertThat(web.spec().readyGate()).isTrue();
        assertThat(web.spec().memory()).isEqualTo(DataSize.mebibytes(96));
        assertThat(web.spec().disks()).singleElement().satisfies(disk -> {
            assertThat(disk.image()).isPresent();
            assertThat(disk.size()).contains(DataSize.mebibytes(256));
        });
        assertThat(web.spec().context().properties()).containsEntry("ROLE", "web").containsEntry("REPLICA", "web1")
                .containsEntry("DB_ADDRESS", db.nics().getFirst().addresses().getFirst());
        assertThat(world.site.networks().networks(ANNA, Page.Request.ALL).items()).singleElement().satisfies(network -> {
            assertThat(network.name()).isEqualTo("shop-front");
            assertThat(network.spec().reach()).isEqualTo("isolated");
        });
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
    }

    @Test
    void undeployTakesAllAwayInReverseOrderAndTheNetworksWithIt() {
        var id = world.submit("shop", Manifests.twoTier());
        world.settle(id);
        world.services.undeploy(ANNA, id);
        world.turn(id);
        assertThat(world.site.living()).filteredOn(vee -> vee.state() == VeeState.TERMINATING).extracting(World::replica).containsExactly("web/0");
        assertThat(world.settle(id).state()).isEqualTo(Service.State.UNDEPLOYED);
        assertThat(world.site.living()).isEmpty();
        assertThat(world.site.networks().networks(ANNA, Page.Request.ALL).items()).isEmpty();
        assertThat(world.reconciler.turn(id, world.site.now())).isEmpty();
    }

    @Test
    void aNetworkOfTheSiteIsUsedWhenItHasTheNameAndIsLeftThere() {
        var there = world.site.networks().create(ANNA, new org.reservoir.interfaces.vmi.NetworkSpec("front", "nat", java.util.Optional.empty(), List.of(), List.of(), true, false, 0, true));
        var id = world.submit("shop", Manifests.twoTier());
        world.settle(id);
        assertThat(world.site.living()).allSatisfy(vee -> assertThat(vee.spec().nics().getFirst().network()).isEqualTo(there.id()));
        world.services.undeploy(ANNA, id);
        world.settle(id);
        assertThat(world.site.networks().networks(ANNA, Page.Request.ALL).items()).hasSize(1);
    }

    @Test
    void aVeeThatVanishedIsMadeAgain() {
        var id = world.submit("shop", Manifests.twoTier());
        world.settle(id);
        world.site.living().forEach(vee -> world.site.vanish(vee.id()));
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(world.replicas()).containsExactly("db/0", "web/0");
    }

    @Test
    void aVeeMadeByATurnThatWasCutOffIsFoundAgainAndNotDoubled() {
        var id = world.submit("shop", Manifests.twoTier());
        world.site.cutOffAfter(1, false);
        try {
            world.turn(id);
        } catch (FakeSite.CutOff _) {
            world.restart();
        }
        assertThat(world.replicas()).containsExactly("db/0");
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(world.replicas()).containsExactly("db/0", "web/0");
        assertThat(world.site.networks().networks(ANNA, Page.Request.ALL).items()).hasSize(1);
    }

    @Test
    void aNameThatSomebodyElseUsesIsAProblemThatIsTold() {
        world.site.create(ANNA, VeeSpec.of("shop-db-0", 1, DataSize.mebibytes(64)));
        var id = world.submit("shop", Manifests.twoTier());
        for (int i = 0; i < 10; i++) {
            world.turn(id);
            world.site.settle(Duration.ofMinutes(1));
        }
        assertThat(world.service(id).state()).isEqualTo(Service.State.FAILED);
        assertThat(world.service(id).problem().orElseThrow()).contains("db, replica 0").contains("shop-db-0");
    }

    @Test
    void aQuotaThatIsUsedUpFailsTheServiceAfterBoundedTriesAndRetryGetsItGoing() {
        world.site.most = 1;
        var id = world.submit("shop", Manifests.twoTier());
        for (int i = 0; i < 10; i++) {
            world.turn(id);
            world.site.settle(Duration.ofMinutes(1));
        }
        assertThat(world.service(id).state()).isEqualTo(Service.State.FAILED);
        assertThat(world.service(id).problem().orElseThrow()).contains("Only 1 VEEs are allowed");
        world.site.most = 10;
        world.turn(id);
        assertThat(world.replicas()).containsExactly("db/0");
        world.services.retry(ANNA, id);
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
    }

    @Test
    void whatCanNeverSucceedIsNotTriedAgain() {
        world.site.refusal = java.util.Optional.of(Refused.invalid("BAD_VEE", "no such thing", ""));
        var id = world.submit("shop", Manifests.twoTier());
        world.turn(id);
        world.turn(id);
        assertThat(world.service(id).state()).isEqualTo(Service.State.FAILED);
    }

    @Test
    void aFailedVeeIsRecoveredThenReplacedThenGivenUp() {
        var id = world.submit("shop", Manifests.twoTier());
        world.settle(id);
        var web = world.site.living().getLast().id();
        world.site.put(web, VeeState.FAILED, false);
        world.turn(id);
        assertThat(world.site.vee(ANNA, web).state()).isEqualTo(VeeState.DEPLOYING);
        assertThat(world.service(id).state()).isEqualTo(Service.State.SCALING);
        for (int i = 0; i < 20; i++) {
            world.site.living().stream().filter(vee -> World.replica(vee).equals("web/0") && vee.state() != VeeState.TERMINATING)
                    .forEach(vee -> world.site.put(vee.id(), VeeState.FAILED, false));
            world.turn(id);
            world.site.settle(Duration.ofMinutes(1));
        }
        assertThat(world.service(id).state()).isEqualTo(Service.State.FAILED);
        assertThat(world.site.living()).noneMatch(vee -> vee.id().equals(web));
        assertThat(world.replicas()).containsExactly("db/0", "web/0");
    }

    @Test
    void scalingOutAndInKeepsNumbersAndOwner() {
        var id = world.submit("shop", Manifests.twoTier());
        world.settle(id);
        world.services.scale(ANNA, id, "web", 3);
        assertThat(world.service(id).components().getLast().wanted()).isEqualTo(3);
        world.turn(id);
        assertThat(world.service(id).state()).isEqualTo(Service.State.SCALING);
        assertThat(world.settle(id).state()).isEqualTo(Service.State.RUNNING);
        assertThat(world.replicas()).containsExactly("db/0", "web/0", "web/1", "web/2");
        world.services.scale(ANNA, id, "web", 1);
        world.settle(id);
        assertThat(world.replicas()).containsExactly("db/0", "web/0");
        assertThat(world.site.living()).allSatisfy(vee -> assertThat(vee.ownership()).isEqualTo(Ownership.privateTo(ANNA)));
    }
}
