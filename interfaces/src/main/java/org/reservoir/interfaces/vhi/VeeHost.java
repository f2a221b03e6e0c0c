package org.reservoir.interfaces.vhi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;

/**
 * VHI: what the VEEM may ask of anything that runs VEEs — a libvirt host, a simulated one, a peer site, a public cloud.
 *
 * <p>Every call blocks its (virtual) thread until it is done, refused, or out of {@link Order#patience()}; every failure is a
 * {@link HostFailure}. Orders are idempotent: given twice, or again after a crash in the middle, they end in the same state.
 * An order whose generation is older than the one the host last took for that VEE is refused as
 * {@link HostFailure.Kind#STALE_ORDER}, so a site server that lost its lease cannot undo what its successor did.
 * A host decides nothing: where a VEE runs, what it is made of and what becomes of it is said in the order.
 */
public interface VeeHost extends AutoCloseable {

    // ---- what there is

    /** What the host is and can. Asks the host; may take as long as a probe guest takes to boot. */
    HostFacts facts();

    /** Every guest on the host, Reservoir's and others', in one listing. */
    Census census();

    /** Figures of the host and of its guests in one call that waits for no guest. */
    HostReading reading();

    /** What only the guest's own process can say. Waits for it, at most {@code patience}, and for no other. */
    GuestFigures figures(VeeId vee, Duration patience);

    /** What an agent inside the guest says of its file systems and addresses; empty when there is none or none that answers. */
    Optional<GuestInside> inside(VeeId vee);

    /** Tells of changes until the subscription is closed. A listener that is slow loses events, then gets {@link HostListener#missedEvents()}. */
    Subscription watch(HostListener listener);

    // ---- images, disks, networks: made before a guest needs them

    /** Brings an image into the host's cache, resuming where an earlier transfer stopped, and verifies its digest. */
    void ensureImage(ImageFile image, ByteSource source, Progress progress);

    /** Digests of the images in the host's cache. */
    List<String> cachedImages();

    /** Removes an image from the cache unless a disk on this host still needs it. Tells whether it is gone. */
    boolean dropImage(String digest);

    /** Makes or changes a network on this host to be just as described. */
    void ensureNetwork(HostNetwork network);

    /** Removes a network from this host; one that is not there is fine. */
    void dropNetwork(NetworkId network);

    /** Makes or changes a security group's rules on this host; guests that use it follow at once. */
    void ensureFilter(TrafficFilter filter);

    void dropFilter(SecurityGroupId group);

    // ---- the life of a guest

    /** Makes the guest's disks and seed; what is there already stays as it is. Its images must be in the cache. */
    void prepare(Order order, Guest guest);

    /** Puts bytes under a disk of a guest that is being prepared: a disk that was kept when its VEE was undeployed. */
    void importDisk(Order order, Guest guest, int disk, ByteSource source, Progress progress);

    /** Boots the guest; one that runs already stays as it is. */
    void start(Order order, Guest guest);

    /** Continues the guest from the state that {@link #save} kept on this host. */
    void restore(Order order, Guest guest);

    /** Halts the guest's processors; its memory stays on the host. */
    void pause(Order order);

    void unpause(Order order);

    /** Writes the guest's memory to the host's disk and ends its process. */
    void save(Order order);

    /** Asks the guest to shut down and waits for it; {@code hard} ends it at once. */
    void shutdown(Order order, boolean hard);

    /** Asks the guest to reboot; {@code hard} resets it. */
    void reboot(Order order, boolean hard);

    /** Removes the guest with all its disks, seed, saved state and snapshots; nothing there is fine. */
    void erase(Order order);

    /**
     * Removes what is left of the guest on a host where its VEE no longer is: the same as {@link #erase}, but its files stay where other hosts
     * see them, too, because it may run on them there.
     */
    void withdraw(Order order);

    /**
     * Moves the guest to another host of the same kind, disks too unless both see the same storage, and removes it here.
     * Of a disk that is a clone only what differs from its image travels when the destination has the image.
     * Guest and disks are at one of the hosts at any moment; given again after a failure it goes on or starts anew.
     */
    void migrate(Order order, Guest guest, VeeHost destination, Migration migration, Progress progress);

    /** Whether {@link #migrate} to {@code destination} is possible at all (same kind, same architecture). */
    boolean canMigrateTo(VeeHost destination);

    // ---- changing a guest, running or shut off

    /**
     * Changes processors and memory to those of {@code guest}.
     *
     * @throws HostFailure ONLY_WHEN_OFF when it runs and cannot take or give them so; KEPT_BY_GUEST when it runs and does not hand back what is taken within the order's patience. It is as it was then
     */
    void resize(Order order, Guest guest);

    /** Attaches disk number {@code disk} of {@code guest}, which lists it; one that is attached already stays. */
    void attachDisk(Order order, Guest guest, int disk);

    /** Detaches the disk and deletes its volume. @throws HostFailure KEPT_BY_GUEST when a running guest does not let go of it within the order's patience */
    void detachDisk(Order order, Guest guest, int disk);

    /** Grows the disk to the size that {@code guest} gives it. */
    void resizeDisk(Order order, Guest guest, int disk);

    /** Attaches NIC number {@code nic} of {@code guest}, or changes the one that is attached to be as described. */
    void attachNic(Order order, Guest guest, int nic);

    /** @throws HostFailure KEPT_BY_GUEST as for disks */
    void detachNic(Order order, Guest guest, int nic);

    /** Takes, goes back to, or deletes a snapshot: of the whole guest, or of one disk. */
    void snapshot(Order order, Guest guest, SnapshotWork work);

    /**
     * Copies a disk out: {@code flat} as an image that stands alone, else only what differs from its base image. A disk whose guest somebody
     * removed is copied, too, as long as it is there itself.
     */
    void exportDisk(Order order, Guest guest, int disk, boolean flat, ByteSink sink, Progress progress);

    // ---- the host itself

    /**
     * Puts the host to sleep, with what guests it has. Returns when the host has taken the order; a while later it answers nothing any more, until
     * {@link HostDriver#wake} has woken it. UNSUPPORTED where it lacks {@link HostFacts.Feature#SLEEP}; such a host is not asked.
     */
    void sleep();

    /**
     * Takes away what the host was given before its first guest, such as its storage pool, unless something lies in it or somebody else made it:
     * the site gives the host up. Of a host that has left only {@link #close} is asked.
     */
    void leave();

    // ---- people and the guest's own voice

    /** The guest's text console, both ways; closing it leaves the guest alone. */
    Console console(VeeId vee);

    /** Where a viewer reaches the guest's screen, when it has one. */
    Optional<ScreenAddress> screen(VeeId vee);

    /** Asks the guest agent (QEMU guest agent protocol, JSON); empty when no agent answers in time. */
    Optional<String> askAgent(VeeId vee, String json);

    /** Lets go of the connection; guests go on. */
    @Override
    void close();
}
