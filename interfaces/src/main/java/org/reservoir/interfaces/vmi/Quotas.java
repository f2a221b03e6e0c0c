package org.reservoir.interfaces.vmi;

import java.util.OptionalLong;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.UserId;

/** What users and groups may use at most; provided by access control, obeyed by the VEEM. */
public interface Quotas {
    Quotas UNBOUNDED = new Quotas() {
        @Override
        public Limits of(UserId user) {
            return Limits.NONE;
        }

        @Override
        public Limits of(GroupId group) {
            return Limits.NONE;
        }
    };

    Limits of(UserId user);

    Limits of(GroupId group);

    /** Empty is unbounded. @param memory bytes; @param disk bytes of the VEEs' disks and of the images stored; @param cpu thousandths of a CPU */
    record Limits(OptionalLong vees, OptionalLong cpu, OptionalLong memory, OptionalLong disk, OptionalLong addresses) {
        public static final Limits NONE = new Limits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    /** What is used of {@link Limits}, in the same units. */
    record Used(long vees, long cpu, long memory, long disk, long addresses) {}
}
