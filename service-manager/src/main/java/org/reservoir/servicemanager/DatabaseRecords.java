package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.smi.Decision;
import org.reservoir.interfaces.smi.ServiceChanged;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.store.NewEvent;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;

/** Services in the site database: what is to change, and the events that tell it. {@link ServiceRows} reads them. */
final class DatabaseRecords implements ServiceRecords {
    private static final int MOST_DECISIONS = 1_000;

    private final SiteDatabase database;
    private final ServiceRows rows = new ServiceRows();

    DatabaseRecords(SiteDatabase database) {
        this.database = database;
    }

    @Override
    public ServiceId add(Submission submission, Instant now) {
        return database.transact(transaction -> {
            requireFreeName(transaction.sql(), submission);
            transaction.sql().execute("update service_manager.taken_in set count = count + 1");
            return insert(transaction, submission, now);
        });
    }

    @Override
    public long takenIn() {
        return database.read(sql -> sql.createQuery("select count from service_manager.taken_in").mapTo(Long.class).one());
    }

    @Override
    public Optional<ServiceId> addAfter(long takenIn, Submission submission, Instant now) {
        return database.transact(transaction -> {
            requireFreeName(transaction.sql(), submission);
            var alone = transaction.sql().createUpdate("update service_manager.taken_in set count = count + 1 where count = :count").bind("count", takenIn).execute() == 1;
            return alone ? Optional.of(insert(transaction, submission, now)) : Optional.empty();
        });
    }

    private ServiceId insert(Transaction transaction, Submission submission, Instant now) {
        var sql = transaction.sql();
        var ownership = Ownership.privateTo(submission.owner());
        long id = sql.createQuery("""
                insert into service_manager.service (name, user_id, group_id, permissions, owner, up, state, document, properties, images, created, changed, look_at)
                values (:name, :user, :group, :permissions, :owner, true, 'DEPLOYING', :document, :properties, :images, :now, :now, :now) returning id""")
                .bind("name", submission.name()).bind("user", ownership.user().value()).bind("group", ownership.group().value())
                .bind("permissions", ownership.permissions()).bind("owner", Wire.write(submission.owner())).bind("document", submission.document())
                .bind("properties", Wire.write(submission.properties())).bind("images", Wire.write(submission.images())).bind("now", now).mapTo(Long.class).one();
        addComponents(sql, id, submission);
        tell(transaction, rows.find(sql, new ServiceId(id)).orElseThrow(), "", now, "%s submitted it".formatted(submission.owner().name()));
        return new ServiceId(id);
    }

    private static void requireFreeName(Handle sql, Submission submission) {
        // two submissions of one owner wait for each other, so that the second finds the first
        sql.createQuery("select 1 from (select pg_advisory_xact_lock(hashtextextended('service_manager.service', :user))) l").bind("user", submission.owner().user().value()).mapTo(Integer.class).one();
        var taken = sql.createQuery("select id from service_manager.service where user_id = :user and name = :name and state <> 'UNDEPLOYED'")
                .bind("user", submission.owner().user().value()).bind("name", submission.name()).mapTo(Long.class).findOne();
        if (taken.isPresent()) {
            throw Refused.conflict("SERVICE_NAME_TAKEN", "You have a service '%s' already: %s.".formatted(submission.name(), new ServiceId(taken.get())),
                    "Choose another name, or undeploy that one first.");
        }
    }

    private static void addComponents(Handle sql, long id, Submission submission) {
        var batch = sql.prepareBatch("""
                insert into service_manager.component (service, name, startup_order, least, most, wanted, started, in_force, elastic)
                values (:service, :name, :order, :least, :most, :initial, false, true, :elastic)""");
        submission.manifest().components().forEach(c -> batch.bind("service", id).bind("name", c.id()).bind("order", c.startup().order()).bind("least", c.bounds().least())
                .bind("most", c.bounds().most()).bind("initial", c.bounds().initial()).bind("elastic", !c.rules().isEmpty()).add());
        batch.execute();
    }

    private static void tell(Transaction transaction, KeptService service, String component, Instant now, String why) {
        int wanted = service.component(component).map(KeptService.KeptComponent::wanted).orElse(0);
        transaction.publish(new NewEvent(ServiceChanged.TOPIC, service.id().toString(), ServiceChanged.class.getSimpleName(),
                Wire.write(new ServiceChanged(service.id(), service.name(), service.ownership(), service.state(), component, wanted, now, why))));
    }

    @Override
    public Optional<KeptService> find(ServiceId service) {
        return database.read(sql -> rows.find(sql, service));
    }

    @Override
    public byte[] document(ServiceId service) {
        return database.read(sql -> rows.document(sql, service));
    }

    @Override
    public List<KeptService> list(Optional<ServiceId> after, int most) {
        return database.read(sql -> rows.list(sql, after.map(ServiceId::value).orElse(0L), most));
    }

    @Override
    public List<KeptService> scalable() {
        return database.read(rows::scalable);
    }

    /** Changes a service that is there to stay; others are left as they are. */
    private boolean changeLiving(ServiceId id, Instant now, Change change) {
        return database.transact(transaction -> {
            var sql = transaction.sql();
            var living = sql.createQuery("select up from service_manager.service where id = :id for update").bind("id", id.value()).mapTo(Boolean.class).findOne().orElse(false);
            return living && change.in(transaction) && look(sql, id, now);
        });
    }

    @FunctionalInterface
    private interface Change {
        boolean in(Transaction transaction);
    }

    private static boolean look(Handle sql, ServiceId id, Instant now) {
        return sql.createUpdate("update service_manager.service set look_at = least(coalesce(look_at, :now), :now), news = news + 1 where id = :id")
                .bind("now", now).bind("id", id.value()).execute() == 1;
    }

    @Override
    public boolean want(ServiceId id, String component, Optional<Integer> from, int replicas, Optional<AsOne> asOne, Instant now, String why) {
        return changeLiving(id, now, transaction -> {
            var sql = transaction.sql();
            int changed = sql.createUpdate("""
                    update service_manager.component set wanted = :to, scaled = :now, as_one = :set, as_one_from = :before
                    where service = :id and name = :component and :to between least and most and (:any or wanted = :from)""")
                    .bind("to", replicas).bind("now", now).bind("set", asOne.map(AsOne::set).orElse(null)).bind("before", asOne.map(AsOne::from).orElse(null)).bind("id", id.value()).bind("component", component).bind("any", from.isEmpty()).bind("from", from.orElse(0)).execute();
            if (changed == 1) {
                sql.createUpdate("update service_manager.service set state = 'SCALING', changed = :now where id = :id and state = 'RUNNING'")
                        .bind("now", now).bind("id", id.value()).execute();
                sql.createUpdate("delete from service_manager.trouble where service = :id and component = :component").bind("id", id.value()).bind("component", component).execute();
                tell(transaction, rows.find(sql, id).orElseThrow(), component, now, why);
            }
            return changed == 1;
        });
    }

    @Override
    public void end(ServiceId id, Instant now, String why) {
        changeLiving(id, now, transaction -> {
            transaction.sql().createUpdate("update service_manager.service set up = false, state = 'UNDEPLOYING', problem = null, clearing = null, changed = :now where id = :id")
                    .bind("id", id.value()).bind("now", now).execute();
            tell(transaction, rows.find(transaction.sql(), id).orElseThrow(), "", now, why);
            return true;
        });
    }

    @Override
    public void forgive(ServiceId id, Instant now) {
        database.run(transaction -> {
            var sql = transaction.sql();
            sql.createUpdate("delete from service_manager.trouble where service = :id").bind("id", id.value()).execute();
            sql.createUpdate("update service_manager.service set clearing = null where id = :id").bind("id", id.value()).execute();
            look(sql, id, now);
        });
    }

    @Override
    public void force(ServiceId id, String component, boolean inForce, Instant now) {
        changeLiving(id, now, transaction -> {
            transaction.sql().createUpdate("update service_manager.component set in_force = :force where service = :id and name = :component")
                    .bind("force", inForce).bind("id", id.value()).bind("component", component).execute();
            tell(transaction, rows.find(transaction.sql(), id).orElseThrow(), component, now, inForce ? "its rules are in force" : "its rules only watch");
            return true;
        });
    }

    @Override
    public void keepNetwork(ServiceId id, String network, KeptService.KeptNetwork kept) {
        database.run(transaction -> transaction.sql().createUpdate("""
                insert into service_manager.network (service, name, network, made) values (:id, :name, :network, :made)
                on conflict (service, name) do update set network = excluded.network, made = excluded.made""")
                .bind("id", id.value()).bind("name", network).bind("network", kept.id().value()).bind("made", kept.made()).execute());
    }

    @Override
    public void progress(ServiceId id, boolean up, Progress progress, Instant now) {
        database.run(transaction -> {
            var sql = transaction.sql();
            sql.createQuery("select id from service_manager.service where id = :id for update").bind("id", id.value()).mapTo(Long.class).one();
            var before = rows.find(sql, id).orElseThrow();
            if (before.up() == up) {
                write(sql, before, progress, now);
                if (before.state() != progress.state() || !before.problem().equals(progress.problem())) {
                    tell(transaction, rows.find(sql, id).orElseThrow(), "", now, progress.problem().orElse("from %s to %s".formatted(before.state(), progress.state())));
                }
            }
        });
    }

    private static void write(Handle sql, KeptService before, Progress progress, Instant now) {
        boolean news = before.state() != progress.state() || !before.problem().equals(progress.problem());
        sql.createUpdate("update service_manager.service set state = :state, problem = :problem, clearing = :clearing, changed = :changed where id = :id")
                .bind("state", progress.state().name()).bind("problem", progress.problem().orElse(null)).bind("clearing", progress.clearing().map(Wire::write).orElse(null))
                .bind("changed", news ? now : before.changed()).bind("id", before.id().value()).execute();
        progress.started().forEach(component -> sql.createUpdate("update service_manager.component set started = true where service = :id and name = :name")
                .bind("id", before.id().value()).bind("name", component).execute());
        progress.well().forEach(key -> sql.createUpdate("delete from service_manager.trouble where service = :id and component = :component and replica = :replica")
                .bind("id", before.id().value()).bind("component", key.component()).bind("replica", key.replica()).execute());
        progress.troubles().forEach((key, attempt) -> trouble(sql, before.id(), key, attempt));
    }

    private static void trouble(Handle sql, ServiceId id, Outcome.ReplicaKey key, Attempt attempt) {
        sql.createUpdate("""
                insert into service_manager.trouble (service, component, replica, aim, count, at, problem, last)
                values (:id, :component, :replica, :aim, :count, :at, :problem, :last)
                on conflict (service, component, replica) do update
                set aim = excluded.aim, count = excluded.count, at = excluded.at, problem = excluded.problem, last = excluded.last""")
                .bind("id", id.value()).bind("component", key.component()).bind("replica", key.replica()).bind("aim", attempt.aim().name()).bind("count", attempt.count())
                .bind("at", attempt.at()).bind("problem", attempt.problem()).bind("last", attempt.last()).execute();
    }

    @Override
    public void decided(ServiceId service, Decision decision) {
        database.run(transaction -> {
            var sql = transaction.sql();
            sql.createUpdate("insert into service_manager.decision (service, decision) values (:id, :decision)")
                    .bind("id", service.value()).bind("decision", Wire.write(decision)).execute();
            sql.createUpdate("""
                    delete from service_manager.decision where service = :id
                    and id <= (select id from service_manager.decision where service = :id order by id desc offset :most limit 1)""")
                    .bind("id", service.value()).bind("most", MOST_DECISIONS).execute();
        });
    }

    @Override
    public List<NumberedDecision> decisions(ServiceId service, OptionalLong before, int most) {
        return database.read(sql -> sql.createQuery("""
                select id, decision from service_manager.decision where service = :id and id < :before order by id desc limit :most""")
                .bind("id", service.value()).bind("before", before.orElse(Long.MAX_VALUE)).bind("most", most)
                .map((row, _) -> new NumberedDecision(row.getLong(1), Wire.read(row.getString(2), Decision.class))).list());
    }
}
