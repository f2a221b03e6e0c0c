package org.reservoir.veeh.libvirt;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.libvirtrpc.LibvirtError;
import org.reservoir.libvirtrpc.StorageCalls;
import org.reservoir.libvirtrpc.Volume;

/** The pool of a libvirtd in memory: files are arrays of bytes. */
interface FakeStorage extends StorageCalls, FakePart {
    private void reach(String what) {
        call(what);
        need("storage");
    }

    @Override
    default boolean hasPool(String pool) {
        reach("hasPool");
        return libvirtd().pool.isPresent();
    }

    private String defined() {
        return libvirtd().pool.orElseThrow(() -> Failures.told(new LibvirtError(LibvirtError.NO_STORAGE_POOL, 18, "Storage pool not found")));
    }

    @Override
    default void definePool(String xml) {
        reach("definePool");
        libvirtd().pool = Optional.of(xml);
    }

    @Override
    default void stopPool(String pool) {
        reach("stopPool");
        defined();
    }

    @Override
    default void deletePool(String pool) {
        reach("deletePool");
        defined();
    }

    @Override
    default void undefinePool(String pool) {
        reach("undefinePool");
        defined();
        libvirtd().pool = Optional.empty();
    }

    @Override
    default void startPool(String pool) {
        reach("startPool");
    }

    @Override
    default void resumePool(String pool) {
        reach("resumePool");
    }

    @Override
    default void refreshPool(String pool) {
        reach("refreshPool");
        synchronized (libvirtd().volumes) {
            libvirtd().volumes.keySet().retainAll(libvirtd().files.keySet());
            libvirtd().files.keySet().forEach(file -> libvirtd().volumes.putIfAbsent(file, "<volume><name/></volume>"));
        }
    }

    @Override
    default String poolXml(String pool) {
        need("storage");
        return defined();
    }

    @Override
    default Space space(String pool) {
        need("storage");
        return new Space(1L << 40, 1L << 39);
    }

    @Override
    default Optional<String> peek(String folder, String file) {
        reach("peek " + folder + "/" + file);
        return libvirtd().bridgedPacketsFiltered;
    }

    private Volume vol(String name) {
        return new Volume("reservoir", name, "/pool/" + name);
    }

    @Override
    default List<Volume> volumes(String pool) {
        reach("volumes");
        defined();
        synchronized (libvirtd().volumes) {
            return libvirtd().volumes.keySet().stream().map(this::vol).toList();
        }
    }

    @Override
    default Optional<Volume> volume(String pool, String name) {
        reach("volume");
        synchronized (libvirtd().volumes) {
            return libvirtd().volumes.containsKey(name) ? Optional.of(vol(name)) : Optional.empty();
        }
    }

    @Override
    default Optional<Volume> createVolume(String pool, String xml) {
        reach("createVolume");
        var root = Xml.read(xml);
        var name = Xml.textAt(root, "name").orElseThrow();
        synchronized (libvirtd().volumes) {
            if (libvirtd().volumes.containsKey(name)) {
                return Optional.empty();
            }
            if (libvirtd().files.containsKey(name)) {
                throw new HostFailure(HostFailure.Kind.REFUSED, "cannot create path '/pool/%s': File exists".formatted(name));
            }
            libvirtd().volumes.put(name, xml);
        }
        libvirtd().files.putIfAbsent(name, name.endsWith(".qcow2") && !name.startsWith("image-") ? java.nio.ByteBuffer.allocate(4096).putInt(0x514649fb).array()
                : new byte[Integer.parseInt(Xml.textAt(root, "capacity").orElseThrow())]);
        return Optional.of(vol(name));
    }

    @Override
    default Volume copyVolume(String pool, String xml, Volume source) {
        reach("copyVolume");
        var copy = createVolume(pool, xml).orElseThrow();
        libvirtd().files.put(copy.name(), libvirtd().files.get(source.name()));
        return copy;
    }

    @Override
    default void deleteVolume(Volume volume) {
        reach("deleteVolume " + volume.name());
        synchronized (libvirtd().volumes) {
            libvirtd().volumes.remove(volume.name());
        }
        libvirtd().files.remove(volume.name());
    }

    @Override
    default long volumeCapacity(Volume volume) {
        return libvirtd().files.get(volume.name()).length;
    }

    @Override
    default String volumeXml(Volume volume) {
        synchronized (libvirtd().volumes) {
            var xml = libvirtd().volumes.get(volume.name());
            if (!libvirtd().files.containsKey(volume.name())) {
                throw new HostFailure(HostFailure.Kind.REFUSED, "Storage volume not found: no storage vol with matching path '/pool/%s'".formatted(volume.name()));
            }
            return xml.replace("</volume>", "<physical>%d</physical></volume>".formatted(libvirtd().files.get(volume.name()).length));
        }
    }

    @Override
    default void resizeVolume(Volume volume, long bytes) {
        reach("resizeVolume");
        libvirtd().files.computeIfPresent(volume.name(), (_, old) -> Arrays.copyOf(old, (int) bytes));
    }

    @Override
    default void upload(Volume volume, long offset, long length, InputStream bytes) {
        reach("upload " + volume.name() + " at " + offset);
        try {
            var data = bytes.readNBytes((int) length);
            var file = libvirtd().files.get(volume.name());
            var grown = file.length < offset + data.length ? Arrays.copyOf(file, (int) offset + data.length) : file;
            System.arraycopy(data, 0, grown, (int) offset, data.length);
            libvirtd().files.put(volume.name(), grown);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    default InputStream download(Volume volume, long offset, long length) {
        reach("download");
        return new ByteArrayInputStream(libvirtd().files.get(volume.name()));
    }
}
