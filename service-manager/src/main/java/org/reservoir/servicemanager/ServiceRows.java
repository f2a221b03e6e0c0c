package org.reservoir.servicemanager;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;
import org.reservoir.manifest.Manifest;
import org.reservoir.manifest.Ovf;

/** Reads services from their tables. Manifests never change, so those read last are kept in memory. */
final class ServiceRows {
    private static final int REMEMBERED = 1_000;
    private static final String COLUMNS = "id, name, user_id, group_id, permissions, owner, up, state, problem, properties, images, clearing, created, changed";

    private final Map<ServiceId, Manifest> manifests = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ServiceId, Manifest> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Row(long id, String name, Ownership ownership, Caller owner, boolean up, Service.State state, Optional<String> problem, String properties, String images,
                       Optional<Attempt> clearing, Instant created, Instant changed) {}

    Optional<KeptService> find(Handle sql, ServiceId id) {
        return complete(sql, sql.createQuery("select " + COLUMNS + " from service_manager.service where id = :id").bind("id", id.value())
                .map((row, _) -> row(row)).list()).stream().findFirst();
    }

    List<KeptService> list(Handle sql, long after, int most) {
        return complete(sql, sql.createQuery("select " + COLUMNS + " from service_manager.service where id > :after order by id limit :most")
                .bind("after", after).bind("most", most).map((row, _) -> row(row)).list());
    }

    List<KeptService> scalable(Handle sql) {
        return complete(sql, sql.createQuery("select " + COLUMNS + """
                 from service_manager.service s
                where up and exists (select from service_manager.component c where c.service = s.id and c.started and c.elastic) order by id""")
                .map((row, _) -> row(row)).list());
    }

    byte[] document(Handle sql, ServiceId id) {
        return sql.createQuery("select document from service_manager.service where id = :id").bind("id", id.value()).mapTo(byte[].class).one();
    }

    private static Row row(ResultSet row) throws SQLException {
        var ownership = new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions"));
        return new Row(row.getLong("id"), row.getString("name"), ownership, Wire.read(row.getString("owner"), Caller.class), row.getBoolean("up"),
                Service.State.valueOf(row.getString("state")), Optional.ofNullable(row.getString("problem")), row.getString("properties"), row.getString("images"),
                Optional.ofNullable(row.getString("clearing")).map(json -> Wire.read(json, Attempt.class)), instant(row, "created").orElseThrow(), instant(row, "changed").orElseThrow());
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** Reads what belongs to the rows, in one query per table. */
    private List<KeptService> complete(Handle sql, List<Row> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        var ids = rows.stream().map(Row::id).toArray(Long[]::new);
        var components = components(sql, ids, troubles(sql, ids));
        var networks = networks(sql, ids);
        return rows.stream().map(r -> new KeptService(new ServiceId(r.id()), r.name(), r.owner(), r.ownership(), r.up(), r.state(), r.problem(),
                manifest(sql, new ServiceId(r.id())), texts(r.properties(), new TypeReference<Map<String, String>>() {}), texts(r.images(), new TypeReference<Map<String, ImageId>>() {}),
                networks.getOrDefault(r.id(), Map.of()), components.getOrDefault(r.id(), List.of()), r.clearing(), r.created(), r.changed())).toList();
    }

    private Manifest manifest(Handle sql, ServiceId id) {
        synchronized (manifests) {
            return manifests.computeIfAbsent(id, _ -> Ovf.read(document(sql, id)).manifest());
        }
    }

    private static <T> T texts(String json, TypeReference<T> type) {
        try {
            return Wire.json().readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the site database holds what cannot be read: " + json, e);
        }
    }

    private record ReplicaOf(long service, String component) {}

    private static Map<ReplicaOf, Map<Integer, Attempt>> troubles(Handle sql, Long[] ids) {
        var troubles = new HashMap<ReplicaOf, Map<Integer, Attempt>>();
        sql.createQuery("select * from service_manager.trouble where service = any (:ids)").bindArray("ids", Long.class, (Object[]) ids).map((row, _) ->
                troubles.computeIfAbsent(new ReplicaOf(row.getLong("service"), row.getString("component")), _ -> new HashMap<>())
                        .put(row.getInt("replica"), new Attempt(Attempt.Aim.valueOf(row.getString("aim")), row.getInt("count"), instant(row, "at").orElseThrow(),
                                row.getString("problem"), row.getBoolean("last"))) == null).list();
        return troubles;
    }

    private static Map<Long, List<KeptService.KeptComponent>> components(Handle sql, Long[] ids, Map<ReplicaOf, Map<Integer, Attempt>> troubles) {
        var components = new HashMap<Long, List<KeptService.KeptComponent>>();
        sql.createQuery("select * from service_manager.component where service = any (:ids)").bindArray("ids", Long.class, (Object[]) ids).map((row, _) ->
                components.computeIfAbsent(row.getLong("service"), _ -> new ArrayList<>()).add(new KeptService.KeptComponent(row.getString("name"),
                        row.getInt("startup_order"), row.getInt("least"), row.getInt("most"), row.getInt("wanted"), row.getBoolean("started"), row.getBoolean("in_force"),
                        instant(row, "scaled"), asOne(row), troubles.getOrDefault(new ReplicaOf(row.getLong("service"), row.getString("name")), Map.of())))).list();
        return components;
    }

    private static Optional<AsOne> asOne(ResultSet row) throws SQLException {
        var set = row.getString("as_one");
        return set == null ? Optional.empty() : Optional.of(new AsOne(set, row.getInt("as_one_from")));
    }

    private static Map<Long, Map<String, KeptService.KeptNetwork>> networks(Handle sql, Long[] ids) {
        var networks = new HashMap<Long, Map<String, KeptService.KeptNetwork>>();
        sql.createQuery("select * from service_manager.network where service = any (:ids)").bindArray("ids", Long.class, (Object[]) ids).map((row, _) ->
                networks.computeIfAbsent(row.getLong("service"), _ -> new HashMap<>())
                        .put(row.getString("name"), new KeptService.KeptNetwork(new NetworkId(row.getLong("network")), row.getBoolean("made"))) == null).list();
        return networks;
    }
}
