package org.reservoir.monitoring.kinds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.kinds.HostCounters.VeeCounters;
import org.reservoir.monitoring.probe.ProbeKind;

/** The VEEs that the {@link HostWatch} sees, each with its streams and the host that it is at home on. Guarded by the watch. */
final class WatchedVees {
    private final HostWatch watch;
    private final Map<VeeId, Vee> vees = new ConcurrentHashMap<>();
    private final Map<HostId, Set<VeeId>> homes = new HashMap<>();

    private static final class Vee {
        final VeeLoad load = new VeeLoad();
        volatile HostSource home;
        Labels labels;
        List<Integer> streams = List.of();
        boolean running;
        int missed;
        long goneSince = Long.MIN_VALUE;
    }

    WatchedVees(HostWatch watch) {
        this.watch = watch;
    }

    List<ProbeKind> kinds() {
        return List.of(watch.kind("vee.load", "what a VEE uses, as its host shows it", "vee", id -> vee(id).load),
                watch.kind("vee.details", "what a VEE's own hypervisor process says of it", "vee", id -> {
                    var vee = vee(id);
                    return new VeeDetails(VeeId.parse(id), () -> vee.home, watch.nanos());
                }),
                watch.kind("vee.inside", "what an agent inside a VEE says", "vee", id -> {
                    var vee = vee(id);
                    return inside().asking(() -> vee.home.inside(VeeId.parse(id)));
                }));
    }

    /** It is asked, not trusted. */
    static Figures inside() {
        return Figures.of("infra_vee_inside").level("disks", "vee.inside.disks.bytes", "bytes").level("disks.used", "vee.inside.disks.used.bytes", "bytes")
                .level("disks.fullest", "vee.inside.disks.fullest.percent", "percent").level("addresses", "vee.inside.addresses", "").end();
    }

    private Vee vee(String id) {
        return vees.get(VeeId.parse(id));
    }

    List<Integer> loadsOn(HostId host) {
        var streams = new ArrayList<Integer>();
        homes.getOrDefault(host, Set.of()).forEach(vee -> streams.add(vees.get(vee).streams.getFirst()));
        return streams;
    }

    void take(HostSource host, List<VeeCounters> seen, long now) {
        var there = new HashSet<VeeId>();
        for (var counters : seen) {
            there.add(counters.vee());
            var vee = vees.get(counters.vee());
            if (vee == null) {
                begin(host, counters, now);
            } else if (vee.home.host().equals(host.host()) || goesOver(vee, counters)) {
                feed(vee, host, counters, now);
            }
        }
        List.copyOf(homes.getOrDefault(host.host(), Set.of())).stream().filter(vee -> !there.contains(vee)).forEach(this::missed);
    }

    /** While it moves it is seen on both hosts: it is at home where it was, until it is seen there no more or stands still there and runs here. */
    private static boolean goesOver(Vee vee, VeeCounters here) {
        return vee.missed > 0 || !vee.running && here.running();
    }

    private void begin(HostSource host, VeeCounters counters, long now) {
        var id = counters.vee();
        var vee = new Vee();
        vee.home = host;
        vee.labels = labels(id, host);
        vee.load.feed(host.host(), counters, now);
        vee.running = counters.running();
        vees.put(id, vee);
        try {
            vee.streams = streams(id, vee.labels);
        } catch (RuntimeException trouble) { // of whoever remembers what is asked of probes: the next look tries again
            vees.remove(id);
            throw trouble;
        }
        homes.computeIfAbsent(host.host(), _ -> new HashSet<>()).add(id);
        watch.inform(vee.streams.getFirst());
    }

    private List<Integer> streams(VeeId id, Labels labels) {
        var paces = watch.paces();
        return List.of(watch.add("vees", "vee.load", Subject.of(id), labels, paces.load()), watch.add("vees", "vee.details", Subject.of(id), labels, paces.details()),
                watch.add("vees", "vee.inside", Subject.of(id), labels, paces.inside()));
    }

    private void feed(Vee vee, HostSource host, VeeCounters counters, long now) {
        if (!vee.home.host().equals(host.host())) {
            homes.get(vee.home.host()).remove(counters.vee());
            homes.computeIfAbsent(host.host(), _ -> new HashSet<>()).add(counters.vee());
        }
        vee.home = host;
        vee.missed = 0;
        vee.goneSince = Long.MIN_VALUE;
        vee.running = counters.running();
        vee.load.feed(host.host(), counters, now);
        var labels = labels(counters.vee(), host);
        if (!labels.equals(vee.labels)) {
            vee.labels = labels;
            vee.streams.forEach(stream -> watch.relabel(stream, labels));
        }
        watch.inform(vee.streams.getFirst());
    }

    private Labels labels(VeeId vee, HostSource host) {
        return watch.whereabouts().of(vee).orElse(Labels.NONE).at(host.host());
    }

    /** A host that could not be looked at says nothing of its VEEs; seen elsewhere, they have gone over. */
    void unseen(HostId host) {
        homes.getOrDefault(host, Set.of()).forEach(id -> vees.get(id).running = false);
    }

    private void missed(VeeId id) {
        var vee = vees.get(id);
        if (++vee.missed >= watch.misses() || watch.whereabouts().of(id).isEmpty()) {
            retire(id);
        }
    }

    private void retire(VeeId id) {
        var vee = vees.remove(id);
        homes.get(vee.home.host()).remove(id);
        vee.streams.forEach(watch::retire);
    }

    /** A host may be disconnected for a moment; its VEEs wait as long as a few looks would take. */
    void retireThoseOfHostsGone(Set<HostId> there, long nowMillis) {
        homes.entrySet().removeIf(home -> home.getValue().isEmpty() && !there.contains(home.getKey()));
        homes.forEach((host, guests) -> {
            if (!there.contains(host)) {
                for (var id : List.copyOf(guests)) {
                    var vee = vees.get(id);
                    vee.missed = Math.max(1, vee.missed);
                    vee.goneSince = vee.goneSince == Long.MIN_VALUE ? nowMillis : vee.goneSince;
                    if (nowMillis - vee.goneSince > watch.misses() * watch.paces().load().toMillis()) {
                        retire(id);
                    }
                }
            }
        });
    }
}
