package org.reservoir.veem;

import java.util.List;
import java.util.OptionalLong;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.kernel.Refused;

/**
 * Holds users and groups to their quotas. What is used is counted when it matters, under a lock per owner, so that it cannot
 * drift and two requests at once cannot both take the last place; owners without a quota cost nothing.
 */
final class QuotaDesk {
    private final Quotas quotas;

    QuotaDesk(Quotas quotas) {
        this.quotas = quotas;
    }

    /** @throws Refused {@code QUOTA_EXCEEDED} when these, not yet inserted, are too many for their owner or its group */
    void require(Handle sql, Caller caller, List<VeeRecord> more) {
        require(sql, caller, new Quotas.Used(more.size(), more.stream().mapToLong(vee -> vee.spec().cpu().milli()).sum(),
                more.stream().mapToLong(vee -> vee.spec().memory().bytes()).sum(), more.stream().mapToLong(vee -> vee.parts().diskSize().bytes()).sum(),
                more.stream().mapToLong(vee -> vee.parts().nics().stream().mapToLong(nic -> nic.addresses().size()).sum()).sum()));
    }

    /** @throws Refused {@code QUOTA_EXCEEDED} when what {@code after} needs beyond {@code before} is too much */
    void requireGrowth(Handle sql, Caller caller, VeeRecord before, VeeRecord after) {
        require(sql, caller, new Quotas.Used(0, Math.max(0, after.spec().cpu().milli() - before.spec().cpu().milli()),
                Math.max(0, after.spec().memory().bytes() - before.spec().memory().bytes()),
                Math.max(0, after.parts().diskSize().bytes() - before.parts().diskSize().bytes()), 0));
    }

    private void require(Handle sql, Caller caller, Quotas.Used more) {
        require(sql, "user", "user_id", caller.user().value(), caller.name(), quotas.of(caller.user()), more);
        require(sql, "group", "group_id", caller.group().value(), caller.group().toString(), quotas.of(caller.group()), more);
    }

    private static void require(Handle sql, String sort, String column, long owner, String name, Quotas.Limits limits, Quotas.Used more) {
        if (limits.equals(Quotas.Limits.NONE)) {
            return;
        }
        sql.execute("select pg_advisory_xact_lock(hashtext(?), ?)", "quota of " + sort, (int) owner);
        var used = used(sql, column, owner);
        require(sort, name, "VEEs", limits.vees(), used.vees(), more.vees());
        require(sort, name, "milli-CPUs", limits.cpu(), used.cpu(), more.cpu());
        require(sort, name, "bytes of memory", limits.memory(), used.memory(), more.memory());
        require(sort, name, "bytes of disk", limits.disk(), used.disk(), more.disk());
        require(sort, name, "addresses", limits.addresses(), used.addresses(), more.addresses());
    }

    private static void require(String sort, String name, String what, OptionalLong limit, long used, long more) {
        if (limit.isPresent() && more > 0 && used + more > limit.getAsLong()) {
            throw Refused.exhausted("QUOTA_EXCEEDED", "The quota of %s %s is %d %s; %d are used and %d more are asked for."
                    .formatted(sort, name, limit.getAsLong(), what, used, more), "Terminate something, or ask an administrator for more.");
        }
    }

    static Quotas.Used used(Handle sql, String column, long owner) {
        return sql.createQuery("""
                        select count(*), coalesce(sum(cpu), 0), coalesce(sum(memory), 0), coalesce(sum(disk), 0),
                               (select count(*) from veem.lease l join veem.vee v on v.id = l.vee where v.%1$s = :owner and v.state <> 'TERMINATED')
                        from veem.vee where %1$s = :owner and state <> 'TERMINATED'""".formatted(column))
                .bind("owner", owner).map((row, _) -> new Quotas.Used(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5))).one();
    }
}
