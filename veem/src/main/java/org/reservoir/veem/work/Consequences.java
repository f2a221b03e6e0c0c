package org.reservoir.veem.work;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.store.Transaction;
import org.reservoir.veem.image.ImageUses;
import org.reservoir.veem.kept.AddressBook;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;

/** What else follows when a VEE has taken a step: addresses and images that it no longer needs are given back. */
public final class Consequences {
    private final ImageUses images;
    private final AddressBook addresses;
    private final Runnable place;

    /** @param place called when a VEE wants a place */
    public Consequences(ImageUses images, AddressBook addresses, Runnable place) {
        this.images = images;
        this.addresses = addresses;
        this.place = place;
    }

    /** What belongs into the transaction that writes the changes. */
    void inside(Transaction transaction, Collection<Change> changes) {
        for (var change : changes) {
            if (change.after().state() == VeeState.TERMINATED) {
                addresses.release(transaction, change.after().id(), Optional.empty());
                images.unuse(transaction, change.after().id());
            } else if (change.after().task().isEmpty()) {
                change.before().task().ifPresent(task -> giveBack(transaction, change, task));
            }
        }
    }

    private void giveBack(Transaction transaction, Change change, Task task) {
        images.settled(transaction, task, change.after());
        if (task.job() == Job.ATTACH_NIC || task.job() == Job.DETACH_NIC) {
            returnNics(transaction, change.before(), task, change.after());
        }
    }

    /** Leases of NICs that the VEE had, or was to get, and does not have now. */
    private void returnNics(Transaction transaction, VeeRecord before, Task task, VeeRecord after) {
        var stay = nics(after.parts()).toList();
        Stream.concat(nics(before.parts()), task.parts().stream().flatMap(Consequences::nics)).distinct().filter(number -> !stay.contains(number))
                .forEach(number -> addresses.release(transaction, after.id(), Optional.of(number)));
    }

    private static Stream<Integer> nics(Parts parts) {
        return parts.nics().stream().map(NicPart::number);
    }

    /** What comes after the commit. */
    void outside(List<Change> changes) {
        if (changes.stream().anyMatch(change -> change.after().state() == VeeState.PENDING)) {
            place.run();
        }
    }
}
