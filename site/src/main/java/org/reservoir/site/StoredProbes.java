package org.reservoir.site;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.gateways.ProbesView.Sending;
import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.plane.Memory;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.store.SiteDatabase;

/** Keeps in the site database what must be measured again after a restart of this server. */
final class StoredProbes implements Memory {
    private final SiteDatabase database;
    private final String server;

    StoredProbes(SiteDatabase database, String server) {
        this.database = database;
        this.server = server;
    }

    /** As it stands in the table; the words are those of the API. */
    record Stored(String kind, Map<String, String> parameters, String subject, Optional<ServiceId> service, Optional<String> component, Optional<HostId> host, boolean on, Duration period,
                  Sending sending, String delivery, Duration deadline) {
        static Stored of(Wanted wanted) {
            var labels = wanted.labels();
            var settings = wanted.settings();
            return new Stored(wanted.kind(), wanted.parameters(), wanted.subject().toString(), labels.service(), labels.component(), labels.host(), settings.on(), settings.period(),
                    SendingWords.sending(settings.sending()), settings.delivery().name(), settings.deadline());
        }

        Wanted wanted(String name) {
            return new Wanted(name, kind, parameters, Subject.parse(subject), new Labels(service, component, host), settings());
        }

        ProbeSettings settings() {
            return new ProbeSettings(on, period, SendingWords.transmission(sending), Delivery.valueOf(delivery), deadline);
        }
    }

    @Override
    public List<Wanted> lasting() {
        return database.read(sql -> sql.createQuery("SELECT name, probe FROM site_probe WHERE server = :server AND lasting ORDER BY name").bind("server", server)
                .map((row, _) -> Wire.read(row.getString("probe"), Stored.class).wanted(row.getString("name"))).list());
    }

    @Override
    public Optional<ProbeSettings> settings(String name) {
        return database.read(sql -> sql.createQuery("SELECT probe FROM site_probe WHERE server = :server AND name = :name").bind("server", server).bind("name", name)
                .mapTo(String.class).findOne()).map(json -> Wire.read(json, Stored.class).settings());
    }

    @Override
    public void keep(List<Kept> probes) {
        database.run(tx -> {
            var batch = tx.sql().prepareBatch("""
                    INSERT INTO site_probe (server, name, lasting, probe) VALUES (:server, :name, :lasting, CAST(:probe AS jsonb))
                    ON CONFLICT (server, name) DO UPDATE SET lasting = excluded.lasting, probe = excluded.probe""");
            probes.forEach(kept -> batch.bind("server", server).bind("name", kept.wanted().name()).bind("lasting", kept.lasting())
                    .bind("probe", Wire.write(Stored.of(kept.wanted()))).add());
            if (!probes.isEmpty()) {
                batch.execute();
            }
        });
    }

    @Override
    public Budgets budgets() {
        return database.read(sql -> sql.createQuery("SELECT share, per_listener FROM site_budget WHERE server = :server").bind("server", server)
                .map((row, _) -> new Budgets(row.getDouble("share"), row.getDouble("per_listener"))).findOne()).orElse(Budgets.NONE);
    }

    @Override
    public void keep(Budgets within) {
        database.run(tx -> tx.sql().createUpdate("""
                INSERT INTO site_budget (server, share, per_listener) VALUES (:server, :share, :perListener)
                ON CONFLICT (server) DO UPDATE SET share = excluded.share, per_listener = excluded.per_listener""")
                .bind("server", server).bind("share", within.share()).bind("perListener", within.perListener()).execute());
    }

    @Override
    public void forget(List<String> names) {
        database.run(tx -> {
            var batch = tx.sql().prepareBatch("DELETE FROM site_probe WHERE server = :server AND name = :name");
            names.forEach(name -> batch.bind("server", server).bind("name", name).add());
            if (!names.isEmpty()) {
                batch.execute();
            }
        });
    }
}
