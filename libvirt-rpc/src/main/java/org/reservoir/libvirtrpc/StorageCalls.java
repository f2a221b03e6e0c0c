package org.reservoir.libvirtrpc;

import static org.reservoir.libvirtrpc.LibvirtError.*;
import static org.reservoir.libvirtrpc.Procedure.*;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Storage pools, by name, and their volumes. Bytes of volumes travel on a connection of their own. */
public interface StorageCalls extends Caller {

    /** Bytes. */
    int MOST_PEEKED = 4096;

    /** In bytes. */
    record Space(long capacity, long available) {}

    default Optional<Named> pool(String name) {
        return callUnless(Set.of(NO_STORAGE_POOL), STORAGE_POOL_LOOKUP_BY_NAME, out -> out.text(name), XdrReader::named);
    }

    private Named poolOf(String name) {
        return call(STORAGE_POOL_LOOKUP_BY_NAME, out -> out.text(name), XdrReader::named);
    }

    /** Whether the pool is defined. */
    default boolean hasPool(String name) {
        return pool(name).isPresent();
    }

    default void definePool(String xml) {
        call(STORAGE_POOL_DEFINE_XML, out -> out.text(xml).number(0));
    }

    /** Makes its folder, starts it and lets it start with the host, where need be. */
    default void startPool(String name) {
        var pool = poolOf(name);
        if (call(STORAGE_POOL_IS_ACTIVE, out -> out.named(pool), XdrReader::number) == 0) {
            call(STORAGE_POOL_BUILD, out -> out.named(pool).number(0));
            call(STORAGE_POOL_CREATE, out -> out.named(pool).number(0));
            call(STORAGE_POOL_SET_AUTOSTART, out -> out.named(pool).number(1));
        }
    }

    /** Looks again at what is there: libvirt goes on listing what it saw last, with what came and went through itself. A pool whose folder it does not find it stops. */
    default void refreshPool(String name) {
        call(STORAGE_POOL_REFRESH, out -> out.named(poolOf(name)).number(0));
    }

    /** Starts it as it is, and looks at what is there; without a folder it fails. */
    default void resumePool(String name) {
        call(STORAGE_POOL_CREATE, out -> out.named(poolOf(name)).number(0));
    }

    /** Stopped already is no failure. Its files stay. */
    default void stopPool(String name) {
        end(Set.of(OPERATION_INVALID), STORAGE_POOL_DESTROY, out -> out.named(poolOf(name)));
    }

    /** Removes the folder of a pool that is stopped; one with something in it stays, and is a failure. */
    default void deletePool(String name) {
        call(STORAGE_POOL_DELETE, out -> out.named(poolOf(name)).number(0));
    }

    default void undefinePool(String name) {
        call(STORAGE_POOL_UNDEFINE, out -> out.named(poolOf(name)));
    }

    default String poolXml(String name) {
        return call(STORAGE_POOL_GET_XML_DESC, out -> out.named(poolOf(name)).number(0), XdrReader::text);
    }

    default Space space(String pool) {
        return call(STORAGE_POOL_GET_INFO, out -> out.named(poolOf(pool)), in -> {
            in.number();
            long capacity = in.hyper();
            in.hyper();
            return new Space(capacity, in.hyper());
        });
    }

    default List<Volume> volumes(String pool) {
        return call(STORAGE_POOL_LIST_ALL_VOLUMES, out -> out.named(poolOf(pool)).number(1).number(0), in -> in.list(XdrReader::volume));
    }

    default Optional<Volume> volume(String pool, String name) {
        return callUnless(Set.of(NO_STORAGE_VOL), STORAGE_VOL_LOOKUP_BY_NAME, out -> out.named(poolOf(pool)).text(name), XdrReader::volume);
    }

    /** Empty when there is one of that name already. */
    default Optional<Volume> createVolume(String pool, String xml) {
        return callUnless(Set.of(STORAGE_VOL_EXIST), STORAGE_VOL_CREATE_XML, out -> out.named(poolOf(pool)).text(xml).number(0), XdrReader::volume);
    }

    default Volume copyVolume(String pool, String xml, Volume source) {
        return call(STORAGE_VOL_CREATE_XML_FROM, out -> out.named(poolOf(pool)).text(xml).volume(source).number(0), XdrReader::volume);
    }

    /** Gone already is no failure. */
    default void deleteVolume(Volume volume) {
        end(Set.of(NO_STORAGE_VOL), STORAGE_VOL_DELETE, out -> out.volume(volume).number(0));
    }

    /** Its size as a guest sees it; for raw volumes the file's length. */
    default long volumeCapacity(Volume volume) {
        return call(STORAGE_VOL_GET_INFO, out -> out.volume(volume), in -> {
            in.number();
            return in.hyper();
        });
    }

    default String volumeXml(Volume volume) {
        return call(STORAGE_VOL_GET_XML_DESC, out -> out.volume(volume).number(0), XdrReader::text);
    }

    default void resizeVolume(Volume volume, long bytes) {
        call(STORAGE_VOL_RESIZE, out -> out.volume(volume).hyper(bytes).number(0));
    }

    /** Writes {@code length} bytes at {@code offset}; returns when the host has them. */
    default void upload(Volume volume, long offset, long length, InputStream bytes) {
        try (var own = another();
             var stream = own.stream(STORAGE_VOL_UPLOAD, out -> out.volume(volume).hyper(offset).hyper(length).number(0))) {
            copy(bytes, stream.out(), length);
            stream.finish();
        } catch (IOException broken) {
            throw failure(new LibvirtFailure.ConnectionLost("The upload of %s broke: %s".formatted(volume.name(), broken.getMessage())));
        }
    }

    private static void copy(InputStream bytes, OutputStream out, long length) throws IOException {
        var buffer = new byte[RpcStream.PAYLOAD];
        long left = length;
        while (left > 0) {
            int read = bytes.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("the bytes ended %d early".formatted(left));
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    /** @param length 0 for all that is left */
    default InputStream download(Volume volume, long offset, long length) {
        return OwnStream.open(another(), own -> own.stream(STORAGE_VOL_DOWNLOAD, out -> out.volume(volume).hyper(offset).hyper(length).number(0))).in();
    }

    /**
     * The text of a small file of the host itself, at most 4 KiB of it, read through a storage pool that lives for the moment; empty when there is no such
     * folder or file. libvirt refuses two pools over one folder: {@link LibvirtError#RESOURCE_BUSY} means that somebody else looks just now.
     */
    default Optional<String> peek(String folder, String file) {
        var name = "peek-" + UUID.randomUUID();
        var xml = "<pool type='dir'><name>%s</name><target><path>%s</path></target></pool>".formatted(name, folder);
        return switch (ask(STORAGE_POOL_CREATE_XML, out -> out.text(xml).number(0), XdrReader::named)) {
            case Answer.Denied<Named>(var error) when String.valueOf(error.getMessage()).contains("No such file") -> Optional.empty();
            case Answer.Denied<Named>(var error) -> throw failure(new LibvirtError(LibvirtError.RESOURCE_BUSY, error.area(), error.getMessage()));
            case Answer.Given<Named>(var pool) -> {
                try {
                    yield volume(name, file).map(this::text);
                } finally {
                    call(STORAGE_POOL_DESTROY, out -> out.named(pool));
                }
            }
        };
    }

    private String text(Volume volume) {
        try (var bytes = download(volume, 0, 0)) {
            return new String(bytes.readNBytes(MOST_PEEKED), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw failure(new LibvirtFailure.ConnectionLost("%s cannot be read: %s".formatted(volume.name(), broken.getMessage())));
        }
    }
}
