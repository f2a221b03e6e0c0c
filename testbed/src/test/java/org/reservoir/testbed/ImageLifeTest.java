package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;

/** Images on a real host: guests boot from them, write to their disks, and others boot from what was written. */
@Tag("real")
class ImageLifeTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    @TempDir
    static Path folder;
    @AutoClose
    private static SiteOnHosts site;

    @BeforeAll
    static void open() {
        site = SiteOnHosts.withGuest(1, folder);
    }

    private static VeeId booted(String name, ImageId... images) {
        var disks = Stream.of(images).map(VeeSpec.DiskSpec::of).toList();
        var spec = VeeSpec.of(name, 1, DataSize.mebibytes(128)).withDisks(disks);
        var gated = new VeeSpec(spec.name(), spec.vcpus(), spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(), spec.nics(), spec.context(), spec.placement(), false,
                Optional.empty(), false, true, Map.of(), Map.of());
        var vee = site.site.vmi().vees().create(SiteOnHosts.ADMIN, gated).id();
        site.await(vee, it -> it.state() == VeeState.RUNNING && it.ready(), "to say that it is ready");
        return vee;
    }

    private static ImageId made(String name, String content, boolean persistent) throws IOException {
        var bytes = new byte[8 << 20];
        System.arraycopy(content.getBytes(StandardCharsets.UTF_8), 0, bytes, 0, content.length());
        var file = Files.write(folder.resolve(name), bytes);
        var request = new ImageRequest(name, Image.Kind.DISK, Optional.of(file.toString()), Optional.empty(), Optional.of("raw"), persistent);
        return awaited(site.site.vmi().images().request(SiteOnHosts.ADMIN, request));
    }

    private static ImageId awaited(Image image) {
        Guest.eventually(PATIENCE, image + " is ready", () -> {
            var now = site.site.vmi().images().image(SiteOnHosts.ADMIN, image.id());
            assertThat(now.state()).as(now.problem().toString()).isNotEqualTo(Image.State.FAILED);
            return now.state() == Image.State.READY;
        });
        return image.id();
    }

    private static ImageId named(String name) {
        return awaited(site.site.vmi().images().images(SiteOnHosts.ADMIN, Page.Request.FIRST).items().stream().filter(image -> image.name().equals(name)).findFirst().orElseThrow());
    }

    /** What the guest's shell says to a command, between two marks that the command line itself does not hold. */
    private static String shell(VeeId vee, String command) {
        return Guest.within(PATIENCE, "run " + command, () -> {
            try (var console = site.site.vmi().hosts().console(SiteOnHosts.ADMIN, vee)) {
                console.input().write("\necho be''gin; %s; echo e''nd\n".formatted(command).getBytes(StandardCharsets.UTF_8));
                console.input().flush();
                var heard = new StringBuilder();
                var buffer = new byte[4096];
                while (heard.indexOf("begin\r\n") < 0 || heard.indexOf("\nend\r\n", heard.indexOf("begin\r\n")) < 0) {
                    int read = console.output().read(buffer);
                    if (read < 0) {
                        throw new IOException("the console ended after " + heard);
                    }
                    heard.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
                }
                int from = heard.indexOf("begin\r\n") + "begin\r\n".length();
                return heard.substring(from, heard.indexOf("\nend\r\n", from - 1) + 1).strip();
            }
        });
    }

    private static void write(VeeId vee, String device, String text) {
        shell(vee, "printf %%s '%s' | dd of=/dev/%s bs=64 count=1 conv=notrunc,fsync 2>/dev/null; sync".formatted(text, device));
    }

    private static String read(VeeId vee, String device, int length) {
        return shell(vee, "dd if=/dev/%s bs=1 count=%d 2>/dev/null; echo".formatted(device, length));
    }

    private static void end(VeeId vee, boolean hard) {
        site.act(vee, new VeeAction.Terminate(hard), VeeState.TERMINATED);
    }

    @Test
    void aGuestBootsFromADiskThatAnotherGuestWroteAndThatWasSaved() throws IOException {
        var plain = made("plain", "as imported", false);
        var first = booted("first", site.guest, plain);
        assertThat(read(first, "vdb", 11)).isEqualTo("as imported");
        write(first, "vdb", "by the first");
        site.act(first, new VeeAction.SaveDisk(0, "golden"), VeeState.RUNNING);
        site.act(first, new VeeAction.SaveDisk(1, "written"), VeeState.RUNNING);
        var second = booted("second", named("golden"), named("written"), plain);
        assertThat(read(second, "vdb", 12)).isEqualTo("by the first");
        assertThat(read(second, "vdc", 11)).as("the image itself stays as it was").isEqualTo("as imported");
        assertThat(site.site.vmi().vees().vee(SiteOnHosts.ADMIN, first).problem()).isEmpty();
        end(first, true);
        end(second, true);
        assertThat(volumes()).as("disks end with their VEEs").noneMatch(name -> name.contains("-" + first + "-") || name.contains("-" + second + "-"));
    }

    @Test
    void aPersistentDiskGoesFromGuestToGuestAndThroughAnUndeployment() throws IOException {
        var data = made("data", "nothing yet", true);
        var first = booted("one", site.guest, data);
        write(first, "vdb", "by one     ");
        end(first, false);
        var second = booted("two", site.guest, data);
        assertThat(read(second, "vdb", 6)).isEqualTo("by one");
        write(second, "vdb", "by two     ");
        site.act(second, new VeeAction.Undeploy(false), VeeState.UNDEPLOYED);
        assertThat(volumes()).noneMatch(name -> name.contains("-" + second + "-"));
        site.act(second, new VeeAction.Resume(), VeeState.RUNNING);
        site.await(second, it -> it.ready(), "to say that it is ready");
        assertThat(read(second, "vdb", 6)).isEqualTo("by two");
        end(second, true);
    }

    @Test
    void whatAGuestWroteToItsPersistentDiskOutlivesTheGuestThatSomebodyRemoved() throws IOException {
        var data = made("kept", "nothing yet", true);
        var first = booted("removed", site.guest, data);
        write(first, "vdb", "by the removed");
        var domain = Guest.virsh(site.hosts.host(1), "list", "--name").lines().filter(name -> name.endsWith("-" + first)).findFirst().orElseThrow();
        Guest.virsh(site.hosts.host(1), "undefine", domain);
        Guest.virsh(site.hosts.host(1), "destroy", domain);
        site.await(first, it -> it.state() == VeeState.FAILED, "to be missed");
        end(first, false);
        assertThat(site.site.vmi().images().image(SiteOnHosts.ADMIN, data).problem()).isEmpty();
        var second = booted("heir", site.guest, data);
        assertThat(read(second, "vdb", 14)).isEqualTo("by the removed");
        end(second, true);
        assertThat(volumes()).noneMatch(name -> name.contains("-" + first + "-"));
    }

    private static List<String> volumes() {
        return Guest.virsh(site.hosts.host(1), "vol-list", "reservoir").lines().map(String::strip).toList();
    }
}
