package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Memory;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.plane.Wanted;
import org.reservoir.monitoring.probe.Budgets;
import org.reservoir.monitoring.probe.ProbeSettings;

/**
 * What a station outside the site's servers must know again, in one file: a log of orders in the words of the wire ({@link OrderWords}),
 * each with its length and a checksum. An order is on the disk when this answers; what was torn off at the end by a crash is cut away. When
 * most of the log is out of date it is written anew beside it and takes its place. One process at a time; guarded by its station's lock.
 */
public final class KeptOrders implements Memory, AutoCloseable {
    private static final int HEAD = 8;
    private static final int LONGEST = 4096;
    /** Bytes from which on it pays to write it anew. */
    private static final long MUCH = 64 << 10;

    private final Path path;
    private final FileChannel guard;
    private final Map<String, Kept> probes = new LinkedHashMap<>();
    /** Probes that nobody had added by an order, and that were removed by one: those of the process's own configuration. */
    private final Set<String> removed = new LinkedHashSet<>();
    private final Map<Integer, Subscription> subscriptions = new TreeMap<>();
    private Optional<Budgets> budgets = Optional.empty();
    private FileChannel file;
    private long fresh;

    private KeptOrders(Path path) throws IOException {
        this.path = path;
        this.guard = FileChannel.open(path.resolveSibling(path.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (guard.tryLock() == null) {
            throw new IOException("another process uses it");
        }
        this.file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        file.truncate(replay(Files.readAllBytes(path)));
        file.position(file.size());
        fresh = file.size();
    }

    /** Takes up what the process before us was ordered; the file is made when it is not there. @throws Refused {@code ORDERS_UNUSABLE} */
    public static KeptOrders open(Path path) {
        try {
            return new KeptOrders(path.toAbsolutePath());
        } catch (IOException | java.nio.channels.OverlappingFileLockException e) {
            throw Refused.unavailable("ORDERS_UNUSABLE", "Orders cannot be kept in %s: %s".formatted(path, e.getMessage()), "Name a file that can be written, one for each agent.");
        }
    }

    // ---- in memory

    @Override
    public List<Wanted> lasting() {
        return probes.values().stream().filter(Kept::lasting).map(Kept::wanted).toList();
    }

    @Override
    public Optional<ProbeSettings> settings(String name) {
        return Optional.ofNullable(probes.get(name)).map(kept -> kept.wanted().settings());
    }

    @Override
    public Budgets budgets() {
        return budgets.orElse(Budgets.NONE);
    }

    @Override
    public List<Subscription> subscriptions() {
        return List.copyOf(subscriptions.values());
    }

    // ---- on disk

    @Override
    public void keep(List<Kept> kept) {
        write(kept.stream().<Order>map(each -> new Order.Add(each.wanted(), each.lasting())).toList());
        kept.forEach(each -> probes.put(each.wanted().name(), each));
    }

    @Override
    public void forget(List<String> names) {
        write(names.stream().<Order>map(name -> new Order.Remove(Selection.named(name))).toList());
        names.forEach(this::removed);
    }

    private void removed(String name) {
        var known = probes.remove(name);
        if (known == null || !known.lasting()) {
            removed.add(name);
        }
    }

    /** Whether the process's own configuration may not bring this probe, since an order removed it. */
    public boolean isRemoved(String name) {
        return removed.contains(name);
    }

    @Override
    public void keep(Budgets within) {
        write(List.of(new Order.Budget(within)));
        budgets = Optional.of(within);
    }

    /** Its number stands before the place. */
    @Override
    public void keep(Subscription subscription) {
        write(List.of(new Order.Subscribe(subscription.interest(), subscription.number() + " " + subscription.to())));
        subscriptions.put(subscription.number(), subscription);
    }

    @Override
    public void forget(int subscription) {
        write(List.of(new Order.Unsubscribe(subscription)));
        subscriptions.remove(subscription);
    }

    private void write(List<Order> orders) {
        try {
            if (file.size() > MUCH && file.size() > 2 * fresh) {
                anew();
            }
            append(file, orders);
        } catch (IOException e) {
            throw Refused.unavailable("ORDERS_UNUSABLE", "Orders cannot be kept in %s: %s".formatted(path, e.getMessage()), "");
        }
    }

    /** All of them or none: what a full disk took of them is cut off again. */
    private static void append(FileChannel to, List<Order> orders) throws IOException {
        long before = to.size();
        to.position(before);
        try {
            var bytes = new byte[LONGEST + Cursor.SLACK];
            for (var order : orders) {
                var buffer = ByteBuffer.wrap(bytes, 0, record(bytes, order));
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            to.force(false);
        } catch (IOException e) {
            to.truncate(before);
            throw e;
        }
    }

    private static int record(byte[] bytes, Order order) {
        var out = new Cursor().over(bytes, HEAD, LONGEST);
        OrderWords.put(out, order);
        if (out.broken) {
            throw new IllegalStateException("an order that came in a datagram is longer than that: " + order);
        }
        int end = out.at;
        var head = new Cursor().over(bytes, 0, HEAD);
        head.putInt(end - HEAD);
        head.putInt(checksum(bytes, HEAD, end));
        return end;
    }

    private void anew() throws IOException {
        var beside = path.resolveSibling(path.getFileName() + ".new");
        var orders = new ArrayList<Order>();
        removed.forEach(name -> orders.add(new Order.Remove(Selection.named(name))));
        probes.values().forEach(kept -> orders.add(new Order.Add(kept.wanted(), kept.lasting())));
        budgets.ifPresent(within -> orders.add(new Order.Budget(within)));
        subscriptions.values().forEach(each -> orders.add(new Order.Subscribe(each.interest(), each.number() + " " + each.to())));
        var written = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            append(written, orders);
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            written.close();
            throw e;
        }
        file.close();
        file = written;
        fresh = file.size();
    }

    /** @return up to where it makes sense */
    private long replay(byte[] all) {
        var bytes = Arrays.copyOf(all, all.length + Cursor.SLACK);
        var in = new Cursor();
        int at = 0;
        while (all.length - at >= HEAD) {
            in.over(bytes, at, all.length);
            int length = in.takeInt();
            int checksum = in.takeInt();
            if (length < 1 || length > all.length - at - HEAD || checksum(bytes, at + HEAD, at + HEAD + length) != checksum) {
                break;
            }
            OrderWords.order(in.over(bytes, at + HEAD, at + HEAD + length)).ifPresent(this::replay);
            at += HEAD + length;
        }
        return at;
    }

    private void replay(Order order) {
        switch (order) {
            case Order.Add(var wanted, var lasting) -> probes.put(wanted.name(), new Kept(wanted, lasting));
            case Order.Remove(var of) -> of.name().ifPresent(this::removed);
            case Order.Budget(var within) -> budgets = Optional.of(within);
            case Order.Subscribe(var interest, var numbered) -> {
                int blank = numbered.indexOf(' ');
                int number = Integer.parseInt(numbered.substring(0, blank));
                subscriptions.put(number, new Subscription(number, interest, numbered.substring(blank + 1)));
            }
            case Order.Unsubscribe(var number) -> subscriptions.remove(number);
            default -> throw new IllegalStateException("nothing keeps " + order);
        }
    }

    private static int checksum(byte[] bytes, int from, int to) {
        var crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
        guard.close();
    }
}
