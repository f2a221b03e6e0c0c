package org.reservoir.veem.work;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Speeds;
import org.reservoir.store.Claim;
import org.reservoir.store.LostClaim;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.Finished;
import org.reservoir.veem.kept.Outcome;
import org.reservoir.veem.kept.PassageTable;
import org.reservoir.veem.kept.VeeTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what came of jobs, many in one transaction: what each VEE is now ({@link Aftermath} decides), what follows from it,
 * and that the work is done. A VEE that was given another order meanwhile has a work item for that: it is left as it is.
 */
public final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final SiteDatabase database;
    private final Aftermath.Patience patience;
    private final Consequences consequences;
    private final InstantSource clock;

    public Outcomes(SiteDatabase database, Aftermath.Patience patience, Consequences consequences, InstantSource clock) {
        this.database = database;
        this.patience = patience;
        this.consequences = consequences;
        this.clock = clock;
    }

    /** What is to be written in one transaction. */
    private static final class Sheet {
        final List<Change> changes = new ArrayList<>();
        final List<Speeds.Passage> passages = new ArrayList<>();
        final List<Claim> completed = new ArrayList<>();
        final Map<VeeId, List<NewWork>> follows = new HashMap<>();
    }

    /** One transaction for all of them; when one claim was lost meanwhile, each gets its own. */
    void write(List<Finished> batch) {
        try {
            consequences.outside(database.transact(transaction -> write(transaction, batch)));
        } catch (LostClaim lost) {
            if (batch.size() == 1) {
                LOG.info("{} was taken over by another server", batch.getFirst().claim().subject());
                return;
            }
            batch.forEach(job -> write(List.of(job)));
        }
    }

    private List<Change> write(Transaction transaction, List<Finished> batch) {
        var now = clock.instant();
        var sheet = new Sheet();
        for (var job : batch) {
            switch (job) {
                case Finished.Nothing(var claim) -> sheet.completed.add(claim);
                case Finished.Later(var claim, var why) -> transaction.retry(claim, now.plus(patience.longestPause()), why);
                case Finished.OfVee ended -> enter(transaction, sheet, ended, now);
            }
        }
        return settle(transaction, sheet, now);
    }

    private void enter(Transaction transaction, Sheet sheet, Finished.OfVee ended, Instant now) {
        var vee = ended.vee();
        switch (Aftermath.of(vee, ended.outcome(), patience, now)) {
            case Aftermath.Next.Again(var at) -> transaction.retry(ended.claim(), at, ((Outcome.Failed) ended.outcome()).why());
            case Aftermath.Next.Settled(var after, var erase, var why) -> {
                sheet.changes.add(new Change(vee, after, why, Change.SELF));
                PassageTable.passage(ended, now).ifPresent(sheet.passages::add);
                sheet.completed.add(ended.claim());
                var follows = new ArrayList<NewWork>();
                erase.forEach(host -> follows.add(Engine.erasure(vee.id(), host, after.generation(), now)));
                if (VeeDesk.busy(after)) {
                    follows.add(Engine.ofVee(after, now));
                }
                sheet.follows.put(vee.id(), follows);
            }
        }
    }

    private List<Change> settle(Transaction transaction, Sheet sheet, Instant now) {
        var written = sheet.changes.isEmpty() ? Set.<VeeId>of() : VeeTable.write(transaction, sheet.changes, now);
        written.forEach(vee -> transaction.enqueueAll(sheet.follows.get(vee)));
        var changes = sheet.changes.stream().filter(change -> written.contains(change.after().id())).toList();
        consequences.inside(transaction, changes);
        PassageTable.note(transaction.sql(), sheet.passages);
        transaction.completeAll(sheet.completed);
        return changes;
    }
}
