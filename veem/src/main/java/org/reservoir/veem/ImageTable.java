package org.reservoir.veem;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** The tables of images and of who needs them. */
final class ImageTable {
    private static final String FIND = "select i.*, (select count(*) from veem.image_use u where u.image = i.id) as users from veem.image i ";

    private ImageTable() {}

    record Row(ImageId id, Ownership ownership, String name, Image.Kind kind, Image.State state, boolean persistent, Optional<String> source,
               Optional<String> wantedDigest, Optional<String> wantedFormat, Optional<String> digest, String format, DataSize length, DataSize virtualSize,
               DataSize done, int users, Optional<String> problem, Instant created) {
        Image view() {
            return new Image(id, name, ownership, kind, state, persistent, digest, format, length, virtualSize, done, users, problem, created);
        }

        ImageFile file() {
            return new ImageFile(digest.orElseThrow(() -> new IllegalStateException(id + " is ready but has no digest")), length.bytes(), virtualSize, format);
        }
    }

    static Optional<ImageId> insert(Handle sql, Caller caller, ImageRequest request, Instant now) {
        return sql.createQuery("""
                        insert into veem.image (user_id, group_id, permissions, name, kind, state, persistent, source, wanted_digest, wanted_format, format, length,
                                                virtual_size, done, created)
                        values (:user, :group, :permissions, :name, :kind, 'IMPORTING', :persistent, :source, :digest, :format, 'unknown', 0, 0, 0, :now)
                        on conflict do nothing returning id""")
                .bind("user", caller.user().value()).bind("group", caller.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", request.name())
                .bind("kind", request.kind().name()).bind("persistent", request.persistent()).bind("source", request.source().orElse(null))
                .bind("digest", request.digest().orElse(null)).bind("format", request.format().orElse(null)).bind("now", VeeTable.at(now))
                .mapTo(Long.class).map(ImageId::new).findOne();
    }

    static ImageId adopt(Handle sql, Ownership ownership, String name, Image.Kind kind, ImageFile file, Instant now) {
        return sql.createQuery("""
                        insert into veem.image (user_id, group_id, permissions, name, kind, state, persistent, digest, format, length, virtual_size, done, created)
                        values (:user, :group, :permissions, :name, :kind, 'READY', false, :digest, :format, :length, :size, :length, :now)
                        on conflict (user_id, name) do update set digest = excluded.digest, format = excluded.format, length = excluded.length,
                               virtual_size = excluded.virtual_size, done = excluded.done
                        returning id""")
                .bind("user", ownership.user().value()).bind("group", ownership.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", name)
                .bind("kind", kind.name()).bind("digest", file.digest()).bind("format", file.format()).bind("length", file.length())
                .bind("size", file.virtualSize().bytes()).bind("now", VeeTable.at(now)).mapTo(Long.class).map(ImageId::new).one();
    }

    static Optional<ImageId> copy(Handle sql, ImageId image, Ownership ownership, String name, Instant now) {
        return sql.createQuery("""
                        insert into veem.image (user_id, group_id, permissions, name, kind, state, persistent, digest, format, length, virtual_size, done, created)
                        select :user, :group, :permissions, :name, kind, state, persistent, digest, format, length, virtual_size, done, :now from veem.image where id = :id
                        on conflict do nothing returning id""")
                .bind("user", ownership.user().value()).bind("group", ownership.group().value()).bind("permissions", ownership.permissions()).bind("name", name)
                .bind("now", VeeTable.at(now)).bind("id", image.value()).mapTo(Long.class).map(ImageId::new).findOne();
    }

    static void arrived(Handle sql, ImageId image, DataSize done) {
        sql.createUpdate("update veem.image set done = :done where id = :id").bind("done", done.bytes()).bind("id", image.value()).execute();
    }

    static void ready(Handle sql, ImageId image, ImageFile file) {
        sql.createUpdate("""
                        update veem.image set state = 'READY', digest = :digest, format = :format, length = :length, virtual_size = :size, done = :length, problem = null
                        where id = :id""")
                .bind("digest", file.digest()).bind("format", file.format()).bind("length", file.length()).bind("size", file.virtualSize().bytes())
                .bind("id", image.value()).execute();
    }

    static void failed(Handle sql, ImageId image, String problem) {
        sql.createUpdate("update veem.image set state = 'FAILED', problem = :problem where id = :id").bind("problem", problem).bind("id", image.value()).execute();
    }

    static void delete(Handle sql, ImageId image) {
        sql.execute("delete from veem.image where id = ?", image.value());
    }

    static Optional<Row> find(Handle sql, ImageId image) {
        return sql.createQuery(FIND + "where i.id = :id").bind("id", image.value()).map((row, _) -> row(row)).findOne();
    }

    static Optional<Row> lock(Handle sql, ImageId image) {
        return sql.createQuery(FIND + "where i.id = :id for update of i").bind("id", image.value()).map((row, _) -> row(row)).findOne();
    }

    static List<Row> after(Handle sql, long after) {
        return sql.createQuery(FIND + "where i.id > :after order by i.id limit 10000").bind("after", after).map((row, _) -> row(row)).list();
    }

    /** Every digest that an image or the disk of a living VEE still needs. */
    static Set<String> digests(Handle sql) {
        return sql.createQuery("""
                select digest from veem.image where digest is not null
                union select m[1] from veem.vee, regexp_matches(parts, '"digest":"([0-9a-f]{64})"', 'g') m where state <> 'TERMINATED'""").mapTo(String.class).set();
    }

    static List<VeeId> users(Handle sql, ImageId image) {
        return sql.createQuery("select vee from veem.image_use where image = :image").bind("image", image.value()).mapTo(Long.class).map(VeeId::new).list();
    }

    static void use(Handle sql, ImageId image, VeeId vee) {
        sql.execute("insert into veem.image_use (image, vee) values (?, ?) on conflict do nothing", image.value(), vee.value());
    }

    static void unuse(Handle sql, VeeId vee) {
        sql.execute("delete from veem.image_use where vee = ?", vee.value());
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(new ImageId(row.getLong("id")), new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions")),
                row.getString("name"), Image.Kind.valueOf(row.getString("kind")), Image.State.valueOf(row.getString("state")), row.getBoolean("persistent"),
                ImageStore.text(row.getString("source")), ImageStore.text(row.getString("wanted_digest")), ImageStore.text(row.getString("wanted_format")),
                ImageStore.text(row.getString("digest")), row.getString("format"), new DataSize(row.getLong("length")), new DataSize(row.getLong("virtual_size")),
                new DataSize(row.getLong("done")), row.getInt("users"), ImageStore.text(row.getString("problem")), VeeTable.instant(row, "created"));
    }
}
