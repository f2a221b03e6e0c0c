package org.reservoir.veem.kept;

import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongFunction;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * Holds users and groups to their quotas. What is used is counted when it matters, under a lock per owner, so that it cannot
 * drift and two requests at once cannot both take the last place; owners without a quota cost nothing.
 */
public final class QuotaDesk {
    private final Quotas quotas;

    public QuotaDesk(Quotas quotas) {
        this.quotas = quotas;
    }

    /** @throws Refused {@code QUOTA_EXCEEDED} when these, which are not counted yet, are too many for their owner or its group */
    public void require(Handle sql, Caller caller, Ownership owner, List<VeeRecord> more) {
        require(sql, caller, owner, new Quotas.Used(more.size(), more.stream().mapToLong(vee -> vee.spec().cpu().milli()).sum(),
                more.stream().mapToLong(vee -> vee.spec().memory().bytes()).sum(), more.stream().mapToLong(vee -> vee.parts().diskSize().bytes()).sum(),
                more.stream().mapToLong(vee -> vee.parts().nics().stream().mapToLong(nic -> nic.addresses().size()).sum()).sum()), 0);
    }

    /** @throws Refused {@code QUOTA_EXCEEDED} when what {@code after} needs beyond {@code before} is too much for its owner or its group */
    public void requireGrowth(Handle sql, Caller caller, VeeRecord before, VeeRecord after) {
        require(sql, caller, before.ownership(), new Quotas.Used(0, Math.max(0, after.spec().cpu().milli() - before.spec().cpu().milli()),
                Math.max(0, after.spec().memory().bytes() - before.spec().memory().bytes()),
                Math.max(0, after.parts().diskSize().bytes() - before.parts().diskSize().bytes()), 0), 0);
    }

    /** @throws Refused {@code QUOTA_EXCEEDED} when the addresses, leased to the VEE in this transaction, are too many */
    public void requireLeased(Handle sql, Caller caller, VeeRecord vee, int addresses) {
        require(sql, caller, vee.ownership(), new Quotas.Used(0, 0, 0, 0, addresses), addresses);
    }

    /** @throws Refused {@code QUOTA_EXCEEDED} when an image of so many stored bytes, which is not counted yet, is too much for its owner or its group */
    public void requireStored(Handle sql, Ownership owner, long bytes) {
        var more = new Quotas.Used(0, 0, 0, bytes, 0);
        require(sql, "user", "user_id", owner.user().value(), owner.user().toString(), quotas.of(owner.user()), more, 0);
        require(sql, "group", "group_id", owner.group().value(), owner.group().toString(), quotas.of(owner.group()), more, 0);
    }

    /** @param counted how many of the addresses count as used already */
    private void require(Handle sql, Caller caller, Ownership owner, Quotas.Used more, int counted) {
        var user = caller.user().equals(owner.user()) ? caller.name() : owner.user().toString();
        require(sql, "user", "user_id", owner.user().value(), user, quotas.of(owner.user()), more, counted);
        require(sql, "group", "group_id", owner.group().value(), owner.group().toString(), quotas.of(owner.group()), more, counted);
    }

    private static void require(Handle sql, String sort, String column, long owner, String name, Quotas.Limits limits, Quotas.Used more, int counted) {
        if (limits.equals(Quotas.Limits.NONE)) {
            return;
        }
        sql.execute("select pg_advisory_xact_lock(hashtext(?), ?)", "quota of " + sort, (int) owner);
        var used = used(sql, column, owner);
        require(sort, name, "VEEs", Long::toString, limits.vees(), used.vees(), more.vees());
        require(sort, name, "CPUs", milli -> BigDecimal.valueOf(milli, 3).stripTrailingZeros().toPlainString(), limits.cpu(), used.cpu(), more.cpu());
        require(sort, name, "of memory", QuotaDesk::size, limits.memory(), used.memory(), more.memory());
        require(sort, name, "of disk", QuotaDesk::size, limits.disk(), used.disk(), more.disk());
        require(sort, name, "addresses", Long::toString, limits.addresses(), used.addresses() - counted, more.addresses());
    }

    private static String size(long bytes) {
        return new DataSize(bytes).toString();
    }

    private static void require(String sort, String name, String what, LongFunction<String> words, OptionalLong limit, long used, long more) {
        if (limit.isPresent() && more > 0 && used + more > limit.getAsLong()) {
            throw Refused.exhausted("QUOTA_EXCEEDED", "The quota of %s %s is %s %s; %s are used and %s more are asked for."
                    .formatted(sort, name, words.apply(limit.getAsLong()), what, words.apply(used), words.apply(more)), "Terminate something, or ask an administrator for more.");
        }
    }

    static Quotas.Used used(Handle sql, String column, long owner) {
        return sql.createQuery("""
                        select count(*), coalesce(sum(cpu), 0), coalesce(sum(memory), 0),
                               coalesce(sum(disk), 0) + (select coalesce(sum(length), 0) from veem.image where %1$s = :owner),
                               (select count(*) from veem.lease l join veem.vee v on v.id = l.vee where v.%1$s = :owner and v.state <> 'TERMINATED')
                        from veem.vee where %1$s = :owner and state <> 'TERMINATED'""".formatted(column))
                .bind("owner", owner).map((row, _) -> new Quotas.Used(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5))).one();
    }
}
