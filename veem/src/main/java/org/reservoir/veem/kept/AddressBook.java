package org.reservoir.veem.kept;

import java.util.Optional;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.SecurityGroupId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.Transaction;

/** What the life of a VEE needs of the networks. */
public interface AddressBook {

    /** Leases MAC and addresses for a NIC, all or none. @throws org.reservoir.kernel.Refused {@code POOL_FULL}, {@code ADDRESS_TAKEN} and others */
    public NicPart lease(Transaction transaction, Caller caller, VeeId vee, String hostname, int number, VeeSpec.NicSpec wish);

    /** Gives back the leases of one NIC, or of all NICs of the VEE when {@code nic} is empty. */
    public void release(Transaction transaction, VeeId vee, Optional<Integer> nic);

    /** @throws org.reservoir.kernel.Refused {@code SECURITY_GROUP_NOT_FOUND} when the caller may not have a NIC use the group */
    public void requireGroup(Transaction transaction, Caller caller, SecurityGroupId group);
}
