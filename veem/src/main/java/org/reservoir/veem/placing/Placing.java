package org.reservoir.veem.placing;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.VeeRecord;

/** Decides where VEEs go, from what the site database says of hosts and VEEs at this moment. */
public interface Placing {
    /** @param reasons why a VEE has no place, for each that has none */
    public record Decision(Map<VeeId, HostId> places, Map<VeeId, String> reasons) {}

    /** @param but hosts that none of them may get */
    public Decision place(Handle sql, List<VeeRecord> vees, List<HostId> but);

    /** @throws org.reservoir.kernel.Refused when a requirement or rank is no sound expression, with its place, or the only host that is wished for is not there */
    public void check(Handle sql, List<VeeSpec> specs);

    /** For each host, what speaks against the VEE there. */
    public List<Vees.WhyNot> explain(Handle sql, VeeRecord vee);

    /**
     * What speaks against the VEE on that host; nothing when it may go there.
     *
     * @param following those elsewhere who go there after it, so that their being together is no reason against who goes first
     */
    public List<String> objections(Handle sql, VeeRecord vee, List<VeeRecord> following, HostId host);

    /** Everything that is on some of the hosts, for a review. */
    public Whole whole(Handle sql, Predicate<HostTable.HostRecord> which);
}
