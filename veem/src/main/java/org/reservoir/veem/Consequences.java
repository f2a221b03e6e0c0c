package org.reservoir.veem;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.store.Transaction;

/** What else follows when a VEE has taken a step: addresses, images and kept disks that it no longer needs are given back. */
final class Consequences {
    private final ImageShelf images;
    private final AddressBook addresses;
    private final KeptDisks kept;
    private final Runnable place;

    /** @param place called when a VEE wants a place */
    Consequences(ImageShelf images, AddressBook addresses, KeptDisks kept, Runnable place) {
        this.images = images;
        this.addresses = addresses;
        this.kept = kept;
        this.place = place;
    }

    /** What belongs into the transaction that writes the changes. */
    void inside(Transaction transaction, Collection<Change> changes) {
        for (var change : changes) {
            if (change.after().state() == VeeState.TERMINATED) {
                addresses.release(transaction, change.after().id(), Optional.empty());
                images.unuse(transaction, change.after().id());
            } else {
                change.before().task().ifPresent(task -> giveBack(transaction, change, task));
            }
        }
    }

    private void giveBack(Transaction transaction, Change change, Task task) {
        switch (task.job()) {
            case ATTACH_NIC, DETACH_NIC -> returnNics(transaction, change.before(), task, change.after());
            case ATTACH_DISK, DETACH_DISK -> returnImages(transaction, change.after());
            default -> { }
        }
    }

    /** Leases of NICs that the VEE had, or was to get, and neither has now nor is about to get. */
    private void returnNics(Transaction transaction, VeeRecord before, Task task, VeeRecord after) {
        var stay = Stream.concat(nics(after.parts()), after.task().flatMap(Task::parts).stream().flatMap(Consequences::nics)).toList();
        Stream.concat(nics(before.parts()), task.parts().stream().flatMap(Consequences::nics)).distinct().filter(number -> !stay.contains(number))
                .forEach(number -> addresses.release(transaction, after.id(), Optional.of(number)));
    }

    private static Stream<Integer> nics(Parts parts) {
        return parts.nics().stream().map(NicPart::number);
    }

    private void returnImages(Transaction transaction, VeeRecord after) {
        if (after.task().isEmpty()) {
            images.unuse(transaction, after.id());
            after.images().forEach(image -> images.use(transaction, image, after.id()));
        }
    }

    /** What comes after the commit. Whatever a crash leaves undone of it, {@link KeptDisks#sweep} does later. */
    void outside(List<Change> changes) {
        for (var change : changes) {
            if (change.after().state() == VeeState.TERMINATED) {
                kept.forgetAll(change.after());
            } else if (change.after().state() == VeeState.RUNNING && change.before().parts().disks().stream().anyMatch(Parts.DiskPart::kept)) {
                kept.forget(change.after().id());
            }
        }
        if (changes.stream().anyMatch(change -> change.after().state() == VeeState.PENDING)) {
            place.run();
        }
    }
}
