package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.veem.image.file.ImageFiles;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.Verb;

/**
 * Whatever is done with images and VEEs, in whatever order, while hosts fail and the site server is ended and begun again: no content that somebody
 * needs is lost, what was written last to a persistent image is what the next VEE reads, and nothing is left over.
 */
class ImagesPropertyTest {
    private static final int STEPS = 25;

    @Test
    @Tag("long")
    void noSequenceOfWishesLosesContentInUseOrLeavesFilesBehind() {
        Seeded.forAll(3, seed -> {
            try (var site = SimulatedSite.with(2)) {
                var run = new Run(site, Seeded.random(seed));
                for (int step = 0; step < STEPS; step++) {
                    run.step();
                    run.check();
                }
                run.end();
            }
        });
    }

    private static final class Run {
        private final SimulatedSite site;
        private final RandomGenerator random;
        private final ImageFiles files;
        /** What a guest will read that begins from the image. */
        private final Map<ImageId, Long> contents = new HashMap<>();
        /** What each VEE's first disk holds. */
        private final Map<VeeId, Long> written = new HashMap<>();
        private final List<String> told = new ArrayList<>();
        private int count;

        Run(SimulatedSite site, RandomGenerator random) {
            this.site = site;
            this.random = random;
            this.files = new ImageFiles(site.images);
        }

        void step() {
            int kind = random.nextInt(12);
            site.world.faults(random.nextInt(3) > 0 ? Faults.NONE : Faults.script().next(one(List.of(Verb.EXPORT_DISK, Verb.ERASE, Verb.PREPARE, Verb.DROP_IMAGE, Verb.IMPORT_DISK)),
                    one(List.of(Fault.TIMED_OUT_DONE, Fault.HALF_DONE, Fault.UNREACHABLE))));
            told.add(Integer.toString(kind));
            try {
                switch (kind) {
                    case 0, 1 -> bringIn();
                    case 2, 3, 4 -> start();
                    case 5 -> write();
                    case 6 -> terminate();
                    case 7 -> undeploy();
                    case 8 -> resume();
                    case 9 -> save();
                    case 10 -> delete();
                    default -> begunAgain();
                }
            } catch (Refused refused) {
                told.add(refused.code());
            }
        }

        private <T> T one(List<T> things) {
            if (things.isEmpty()) {
                throw Refused.conflict("NOTHING_THERE", "", "");
            }
            return things.get(random.nextInt(things.size()));
        }

        private List<Image> images() {
            return site.veem.images().images(SimulatedSite.ADMIN, Page.Request.FIRST).items();
        }

        private List<Vee> vees(VeeState state) {
            return site.veem.vees().vees(SimulatedSite.ADMIN, new Vees.Filter(Set.of(state), Optional.empty(), Optional.empty(), Set.of(), false), Page.Request.FIRST).items();
        }

        private void bringIn() {
            var raw = files.raw(1 << 20, new byte[] {(byte) random.nextInt(3)});
            var image = site.veem.images().request(SimulatedSite.ADMIN, new ImageRequest("i" + ++count, Image.Kind.DISK, Optional.of(raw.toString()), Optional.empty(), Optional.empty(),
                    random.nextBoolean())).id();
            var ready = site.awaitImage(image, it -> it.state() != Image.State.IMPORTING);
            assertThat(ready.problem()).isEmpty();
            contents.put(image, (long) ready.digest().orElseThrow().hashCode());
        }

        private void start() {
            var image = one(images());
            var vee = site.veem.vees().create(SimulatedSite.ADMIN, VeeSpec.of("v" + ++count, 1, DataSize.mebibytes(64)).withDisks(List.of(VeeSpec.DiskSpec.of(image.id())))).id();
            settled(vee);
            written.put(vee, contents.get(image.id()));
        }

        private Vee settled(VeeId vee) {
            return site.await(vee, it -> !it.state().passing(), "to settle");
        }

        private void write() {
            for (var vee : vees(VeeState.RUNNING)) {
                long content = random.nextLong();
                site.world.machinesOf(vee.id()).getFirst().writes(vee.id(), 0, content);
                written.put(vee.id(), content);
            }
        }

        private void terminate() {
            var vee = one(random.nextBoolean() && !vees(VeeState.UNDEPLOYED).isEmpty() ? vees(VeeState.UNDEPLOYED) : vees(VeeState.RUNNING));
            site.veem.vees().act(SimulatedSite.ADMIN, vee.id(), new VeeAction.Terminate(random.nextBoolean()));
            site.await(vee.id(), VeeState.TERMINATED);
            returned(vee);
            written.remove(vee.id());
        }

        private void returned(Vee vee) {
            var image = vee.disks().getFirst().image().orElseThrow();
            if (site.veem.images().image(SimulatedSite.ADMIN, image).persistent()) {
                contents.put(image, written.get(vee.id()));
            }
        }

        private void undeploy() {
            var vee = one(vees(VeeState.RUNNING));
            site.act(vee.id(), new VeeAction.Undeploy(random.nextBoolean()), VeeState.UNDEPLOYED);
            returned(vee);
        }

        private void resume() {
            var vee = one(vees(VeeState.UNDEPLOYED));
            site.act(vee.id(), new VeeAction.Resume(), VeeState.RUNNING);
        }

        private void save() {
            var vee = one(vees(VeeState.RUNNING));
            var name = "i" + ++count;
            site.veem.vees().act(SimulatedSite.ADMIN, vee.id(), new VeeAction.SaveDisk(0, name));
            assertThat(settled(vee.id()).problem()).isEmpty();
            var saved = images().stream().filter(image -> image.name().equals(name)).findFirst().orElseThrow();
            assertThat(saved.state()).as(saved.toString()).isEqualTo(Image.State.READY);
            contents.put(saved.id(), written.get(vee.id()));
        }

        private void delete() {
            var image = one(images());
            site.veem.images().delete(SimulatedSite.ADMIN, image.id());
            contents.remove(image.id());
        }

        private void begunAgain() {
            site.veem.close();
            site.freeClaims();
            site.reopen();
        }

        /** After every step: clearing away with no mercy changes nothing that matters. */
        void check() {
            site.veem.clearImages(Duration.ZERO);
            var told = String.join(" ", this.told);
            var digests = images().stream().map(image -> image.digest().orElseThrow()).collect(Collectors.toSet());
            assertThat(site.stored()).as(told).containsAll(digests);
            assertThat(site.arriving()).as(told).isEmpty();
            vees(VeeState.RUNNING).forEach(vee -> assertThat(site.world.machinesOf(vee.id())).as("%s of %s", vee.id(), told).singleElement()
                    .satisfies(machine -> assertThat(machine.contentOf(vee.id(), 0)).as("%s of %s", vee.id(), told).contains(written.get(vee.id()))));
            assertThat(site.world.audit()).as(told).isEmpty();
        }

        /** In the end nobody needs anything, and nothing is there. */
        void end() {
            site.world.faults(Faults.NONE);
            for (var vee : site.veem.vees().vees(SimulatedSite.ADMIN, Vees.Filter.LIVING, Page.Request.FIRST).items()) {
                site.act(vee.id(), new VeeAction.Terminate(true), VeeState.TERMINATED);
            }
            images().forEach(image -> site.veem.images().delete(SimulatedSite.ADMIN, image.id()));
            site.veem.clearImages(Duration.ZERO);
            assertThat(List.of(site.stored(), site.arriving(), site.names("kept"))).as(String.join(" ", told)).containsOnly(Set.of());
            site.await(() -> {
                site.veem.clearImages(Duration.ZERO);
                return site.world.machines().stream().allMatch(machine -> machine.images().isEmpty());
            }, "hosts to forget images; a host that was not connected is cleared when it is");
            assertThat(site.world.audit(Set.of())).isEmpty();
        }
    }
}
