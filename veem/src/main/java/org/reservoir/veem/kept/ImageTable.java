package org.reservoir.veem.kept;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.generic.GenericType;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** The tables of images and of who needs them. */
public final class ImageTable {
    private static final String FIND = "select i.*, (select count(*) from veem.image_use u where u.image = i.id) as users from veem.image i ";

    private ImageTable() {}

    public record Row(ImageId id, Ownership ownership, String name, Image.Kind kind, Image.State state, boolean persistent, Optional<String> source,
               Optional<String> wantedDigest, Optional<String> wantedFormat, Optional<String> digest, String format, DataSize length, DataSize virtualSize,
               DataSize done, int users, Optional<String> problem, Instant created, boolean trusted, boolean whole, Optional<VeeId> savedFrom, Optional<DataSize> wantedSize) {
        /** Whether there may be files of it on their way. */
        public boolean arrives() {
            return state == Image.State.IMPORTING || wantedSize.isPresent();
        }

        public Image view() {
            return new Image(id, name, ownership, kind, state, persistent, digest, format, length, virtualSize, done, users, problem, created, wantedSize);
        }

        public ImageFile file() {
            return new ImageFile(digest.orElseThrow(() -> new IllegalStateException(id + " is ready but has no digest")), length.bytes(), virtualSize, format);
        }
    }

    public static Optional<ImageId> insert(Handle sql, Caller caller, ImageRequest request, Instant now) {
        return sql.createQuery("""
                        insert into veem.image (user_id, group_id, permissions, name, kind, state, persistent, source, wanted_digest, wanted_format, trusted, format, length,
                                                virtual_size, done, created)
                        values (:user, :group, :permissions, :name, :kind, 'IMPORTING', :persistent, :source, :digest, :format, :trusted, 'unknown', 0, 0, 0, :now)
                        on conflict do nothing returning id""")
                .bind("user", caller.user().value()).bind("group", caller.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", request.name())
                .bind("kind", request.kind().name()).bind("persistent", request.persistent()).bind("source", request.source().orElse(null))
                .bind("digest", request.digest().orElse(null)).bind("format", request.format().orElse(null)).bind("trusted", caller.administrator())
                .bind("now", Columns.at(now)).mapTo(Long.class).map(ImageId::new).findOne();
    }

    public static Optional<ImageId> reserve(Handle sql, Ownership ownership, String name, VeeId vee, Instant now) {
        return sql.createQuery("""
                        insert into veem.image (user_id, group_id, permissions, name, kind, state, persistent, saved_from, format, length, virtual_size, done, created)
                        values (:user, :group, :permissions, :name, 'DISK', 'IMPORTING', false, :vee, 'unknown', 0, 0, 0, :now)
                        on conflict do nothing returning id""")
                .bind("user", ownership.user().value()).bind("group", ownership.group().value()).bind("permissions", Ownership.PRIVATE).bind("name", name)
                .bind("vee", vee.value()).bind("now", Columns.at(now)).mapTo(Long.class).map(ImageId::new).findOne();
    }

    /** The image to which a disk of the VEE is being copied; none when it was deleted meanwhile. */
    public static Optional<Row> reserved(Handle sql, VeeId vee, String name) {
        return sql.createQuery(FIND + "where i.saved_from = :vee and i.name = :name and i.state = 'IMPORTING'").bind("vee", vee.value()).bind("name", name)
                .map((row, _) -> row(row)).findOne();
    }

    public static void saveFailed(Handle sql, VeeId vee, String problem) {
        sql.execute("update veem.image set state = 'FAILED', problem = ? where saved_from = ? and state = 'IMPORTING'", problem, vee.value());
    }

    /** Images that no disk will ever be copied to: their VEE does something else by now. */
    public static void failUnsaved(Handle sql) {
        sql.execute("""
                update veem.image i set state = 'FAILED', problem = 'DISK_NOT_SAVED: its VEE was given another order meanwhile.'
                where i.saved_from is not null and i.state = 'IMPORTING'
                  and not exists (select 1 from veem.vee v where v.id = i.saved_from and v.state = 'CHANGING' and position('"SAVE_DISK"' in v.task) > 0)""");
    }

    public static Optional<ImageId> copy(Handle sql, ImageId image, Ownership ownership, String name, Instant now) {
        return sql.createQuery("""
                        insert into veem.image (user_id, group_id, permissions, name, kind, state, persistent, digest, format, length, virtual_size, done, created)
                        select :user, :group, :permissions, :name, kind, state, persistent, digest, format, length, virtual_size, done, :now from veem.image where id = :id
                        for share on conflict do nothing returning id""")
                .bind("user", ownership.user().value()).bind("group", ownership.group().value()).bind("permissions", ownership.permissions()).bind("name", name)
                .bind("now", Columns.at(now)).bind("id", image.value()).mapTo(Long.class).map(ImageId::new).findOne();
    }

    /** @param whole whether nothing more will come. @return 0 when the image was deleted, or is being imported no more */
    public static int arrived(Handle sql, ImageId image, DataSize done, boolean whole) {
        return sql.createUpdate("update veem.image set done = :done, whole = whole or :whole where id = :id and state = 'IMPORTING'").bind("done", done.bytes())
                .bind("whole", whole).bind("id", image.value()).execute();
    }

    public static void ready(Handle sql, ImageId image, ImageFile file) {
        sql.createUpdate("""
                        update veem.image set state = 'READY', digest = :digest, format = :format, length = :length, virtual_size = :size, done = :length, problem = null
                        where id = :id""")
                .bind("digest", file.digest()).bind("format", file.format()).bind("length", file.length()).bind("size", file.virtualSize().bytes())
                .bind("id", image.value()).execute();
    }

    public static void wantSize(Handle sql, ImageId image, DataSize size) {
        sql.execute("update veem.image set wanted_size = ?, done = 0, problem = null where id = ?", size.bytes(), image.value());
    }

    /** How much of an image that is to grow has been copied. */
    public static void copied(Handle sql, ImageId image, DataSize done) {
        sql.execute("update veem.image set done = ? where id = ? and wanted_size is not null", done.bytes(), image.value());
    }

    public static void wantNoSize(Handle sql, ImageId image) {
        sql.execute("update veem.image set wanted_size = null, done = length where id = ?", image.value());
    }

    public static void failed(Handle sql, ImageId image, String problem) {
        sql.createUpdate("update veem.image set state = 'FAILED', problem = :problem where id = :id").bind("problem", problem).bind("id", image.value()).execute();
    }

    /** @return false when its owner has another image of that name */
    public static boolean rename(Handle sql, ImageId image, String name) {
        return sql.createUpdate("""
                        update veem.image i set name = :name
                        where i.id = :id and not exists (select 1 from veem.image o where o.user_id = i.user_id and o.name = :name)""")
                .bind("name", name).bind("id", image.value()).execute() == 1;
    }

    public static void note(Handle sql, ImageId image, String problem) {
        sql.createUpdate("update veem.image set problem = :problem where id = :id").bind("problem", problem).bind("id", image.value()).execute();
    }

    public static void delete(Handle sql, ImageId image) {
        sql.execute("delete from veem.image where id = ?", image.value());
    }

    public static Optional<Row> find(Handle sql, ImageId image) {
        return sql.createQuery(FIND + "where i.id = :id").bind("id", image.value()).map((row, _) -> row(row)).findOne();
    }

    public static Optional<Row> lock(Handle sql, ImageId image) {
        return sql.createQuery(FIND + "where i.id = :id for update of i").bind("id", image.value()).map((row, _) -> row(row)).findOne();
    }

    public static List<Row> after(Handle sql, long after) {
        return sql.createQuery(FIND + "where i.id > :after order by i.id limit 10000").bind("after", after).map((row, _) -> row(row)).list();
    }

    /** Names of ready images, by the digest of what they hold. */
    public static Map<String, String> ready(Handle sql) {
        return sql.createQuery("select digest, string_agg(name, ', ' order by name) names from veem.image where state = 'READY' group by digest")
                .setMapKeyColumn("digest").setMapValueColumn("names").collectInto(new GenericType<>() {});
    }

    /** Those of the digests that no image, and no VEE with what is under way with it, needs. */
    public static Set<String> unneeded(Handle sql, Set<String> digests) {
        return sql.createQuery("""
                        select d.digest from unnest(:digests) d (digest)
                        where not exists (select 1 from veem.image i where i.digest = d.digest)
                          and not exists (select 1 from veem.vee v where v.state <> 'TERMINATED' and (position(d.digest in v.parts) > 0 or position(d.digest in v.task) > 0))""")
                .bindArray("digests", String.class, digests.toArray()).mapTo(String.class).set();
    }

    public static void cached(Handle sql, HostId host, String digest) {
        sql.execute("insert into veem.cached (host, digest) values (?, ?) on conflict do nothing", host.value(), digest);
    }

    public static void dropped(Handle sql, HostId host, String digest) {
        sql.execute("delete from veem.cached where host = ? and digest = ?", host.value(), digest);
    }

    public static Map<HostId, Set<String>> cached(Handle sql) {
        var cached = new HashMap<HostId, Set<String>>();
        sql.createQuery("select host, digest from veem.cached").map((row, _) -> cached.computeIfAbsent(new HostId(row.getLong(1)), _ -> new HashSet<>()).add(row.getString(2))).list();
        return cached;
    }

    public static List<VeeId> users(Handle sql, ImageId image) {
        return sql.createQuery("select vee from veem.image_use where image = :image").bind("image", image.value()).mapTo(Long.class).map(VeeId::new).list();
    }

    public static void use(Handle sql, ImageId image, VeeId vee) {
        sql.execute("insert into veem.image_use (image, vee) values (?, ?) on conflict do nothing", image.value(), vee.value());
    }

    public static void ahead(Handle sql, ImageId image, VeeId vee, boolean ahead) {
        sql.execute("update veem.image_use set ahead = ? where image = ? and vee = ?", ahead, image.value(), vee.value());
    }

    public static boolean isAhead(Handle sql, ImageId image, VeeId vee) {
        return sql.createQuery("select ahead from veem.image_use where image = :image and vee = :vee").bind("image", image.value()).bind("vee", vee.value())
                .mapTo(Boolean.class).findOne().orElse(false);
    }

    /** @param but what the VEE still needs */
    public static void unuse(Handle sql, VeeId vee, Set<ImageId> but) {
        sql.createUpdate("delete from veem.image_use where vee = :vee and image <> all (:but)").bind("vee", vee.value())
                .bindArray("but", Long.class, but.stream().map(ImageId::value).toArray()).execute();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(new ImageId(row.getLong("id")), new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions")),
                row.getString("name"), Image.Kind.valueOf(row.getString("kind")), Image.State.valueOf(row.getString("state")), row.getBoolean("persistent"),
                text(row.getString("source")), text(row.getString("wanted_digest")), text(row.getString("wanted_format")),
                text(row.getString("digest")), row.getString("format"), new DataSize(row.getLong("length")), new DataSize(row.getLong("virtual_size")),
                new DataSize(row.getLong("done")), row.getInt("users"), text(row.getString("problem")), Columns.instant(row, "created"),
                row.getBoolean("trusted"), row.getBoolean("whole"), Optional.ofNullable(row.getObject("saved_from", Long.class)).map(VeeId::new),
                Optional.ofNullable(row.getObject("wanted_size", Long.class)).map(DataSize::new));
    }

    private static Optional<String> text(String text) {
        return Optional.ofNullable(text);
    }
}
