package org.reservoir.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.reservoir.kernel.Refused;

/**
 * A folder of jars and what is in force of them. A jar that is put there is in force within a second, one that is taken away is
 * gone as soon; a call that is under way ends with what it began with. The folder is the truth: whatever stands in it is looked at
 * again when the site starts.
 */
public final class Plugins implements AutoCloseable {
    private static final Duration GLANCE = Duration.ofMillis(250);
    private static final String JAR = ".jar";
    private static final int MOST = 200;

    private final Path folder;
    private final Supplier<Trust> trust;
    private final Budget budget;
    private final List<Kind<?>> kinds;
    private final InstantSource clock;
    private final Consumer<Plugin> told;
    /** Changed under this object's lock, replaced whole: readers need no lock. */
    private volatile Map<String, Entry> entries = Map.of();
    private final Thread loop;
    private volatile boolean open = true;

    /** @param stamp by which a new jar of the same name is known */
    private record Entry(Plugin plugin, Stamp stamp, Map<Class<?>, List<Provided<?>>> things) {}

    private record Stamp(Object key, long size, long modified, Trust trust) {}

    private Plugins(Path folder, Supplier<Trust> trust, Budget budget, List<Kind<?>> kinds, InstantSource clock, Consumer<Plugin> told) {
        this.folder = folder;
        this.trust = trust;
        this.budget = budget;
        this.kinds = List.copyOf(kinds);
        this.clock = clock;
        this.told = told;
        this.loop = Thread.ofVirtual().name("plug-ins").unstarted(this::watch);
    }

    /**
     * @param folder made when it is not there
     * @param trust  asked again at every look
     * @param told   called for every change of what is in force, and for every jar refused
     */
    public static Plugins watching(Path folder, Supplier<Trust> trust, Budget budget, List<Kind<?>> kinds, InstantSource clock, Consumer<Plugin> told) {
        var plugins = new Plugins(folder, trust, budget, kinds, clock, told);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder of plug-ins " + folder, e);
        }
        plugins.look();
        plugins.loop.start();
        return plugins;
    }

    /** Every jar of the folder, by name. */
    public List<Plugin> list() {
        return entries.values().stream().map(Entry::plugin).toList();
    }

    /** What is in force of a kind, by the name of the jar. */
    @SuppressWarnings("unchecked") // Loaded makes each list of the kind under which it is kept
    public <T> List<Provided<T>> of(Class<T> kind) {
        var all = new ArrayList<Provided<T>>();
        entries.values().forEach(entry -> entry.things().getOrDefault(kind, List.of()).forEach(thing -> all.add((Provided<T>) thing)));
        return all;
    }

    /**
     * Puts a jar into the folder, in place of one of that name, and into force.
     *
     * @throws Refused when it is not taken; the folder is as before then
     */
    public synchronized Plugin put(String name, byte[] jar) {
        checkName(name);
        try {
            var draft = Files.createTempFile(folder, "." + name, ".new");
            try {
                Files.write(draft, jar);
                Loaded.of(name, PluginJar.read(draft, trust.get()), kinds, budget, _ -> { });
                Files.move(draft, folder.resolve(name + JAR), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the plug-in in " + folder, e);
        }
        look();
        return entries.get(name).plugin();
    }

    /** Takes a jar out of force and out of the folder. @throws Refused {@code PLUGIN_UNKNOWN} */
    public synchronized void withdraw(String name) {
        checkName(name);
        try {
            if (!Files.deleteIfExists(folder.resolve(name + JAR))) {
                throw Refused.notFound("PLUGIN_UNKNOWN", "There is no plug-in %s.".formatted(name), "See: reservoir plugin list");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        look();
    }

    private static void checkName(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw Refused.invalid("PLUGIN_NAME", "%s is no name for a plug-in.".formatted(name), "Letters, digits, dots, dashes; at most 64.");
        }
    }

    // ---- looking

    private void watch() {
        while (open) {
            try {
                Thread.sleep(GLANCE);
                look();
            } catch (InterruptedException _) {
                return;
            } catch (UncheckedIOException notNow) {
                // the folder is away; the next look tells
                continue;
            }
        }
    }

    /** Brings what is in force into step with the folder. */
    synchronized void look() {
        var trusted = trust.get();
        var found = found();
        var old = entries;
        if (found.keySet().equals(old.keySet()) && found.entrySet().stream().allMatch(jar -> old.get(jar.getKey()).stamp().equals(stamp(jar.getValue(), trusted)))) {
            return;
        }
        var next = new TreeMap<String, Entry>();
        found.forEach((name, attributes) -> {
            var before = old.get(name);
            var stamp = stamp(attributes, trusted);
            next.put(name, before != null && before.stamp().equals(stamp) ? before : taken(name, stamp, trusted));
        });
        entries = next;
        next.forEach((name, entry) -> {
            if (entry != old.get(name)) {
                told.accept(entry.plugin());
            }
        });
    }

    private Map<String, BasicFileAttributes> found() {
        var found = new HashMap<String, BasicFileAttributes>();
        try (var jars = Files.newDirectoryStream(folder, "*" + JAR)) {
            for (var jar : jars) {
                var name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
                var attributes = Files.readAttributes(jar, BasicFileAttributes.class);
                if (attributes.isRegularFile() && found.size() < MOST) {
                    found.put(name, attributes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static Stamp stamp(BasicFileAttributes attributes, Trust trust) {
        return new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime().toMillis(), trust);
    }

    private Entry taken(String name, Stamp stamp, Trust trusted) {
        var now = clock.instant();
        try {
            checkName(name);
            var loaded = Loaded.of(name, PluginJar.read(folder.resolve(name + JAR), trusted), kinds, budget, why -> fence(name, stamp, why));
            return new Entry(new Plugin(name, Plugin.State.IN_FORCE, loaded.signer(), loaded.provides(), "", now), stamp, loaded.things());
        } catch (Refused refused) {
            var why = "%s: %s %s".formatted(refused.code(), refused.getMessage(), refused.advice()).strip();
            return new Entry(new Plugin(name, Plugin.State.REFUSED, "", List.of(), why, now), stamp, Map.of());
        }
    }

    private synchronized void fence(String name, Stamp stamp, String why) {
        var entry = entries.get(name);
        if (entry == null || !entry.stamp().equals(stamp) || entry.plugin().state() == Plugin.State.FENCED) {
            return;
        }
        var next = new TreeMap<>(entries);
        next.put(name, new Entry(entry.plugin().now(Plugin.State.FENCED, why, clock.instant()), stamp, Map.of()));
        entries = next;
        told.accept(next.get(name).plugin());
    }

    @Override
    public void close() {
        open = false;
        loop.interrupt();
        entries = Map.of();
    }
}
