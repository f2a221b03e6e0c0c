package org.reservoir.veeh.libvirt;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

import org.reservoir.interfaces.vhi.HostFailure;

/**
 * One connection to one libvirtd, in libvirt's own words: what VEEH asks of it and nothing more. Each call ends by the deadline given to
 * {@link #within}; each failure is a {@link HostFailure}. "Not there" is an empty Optional, "there already" and "gone already" are no failures.
 */
interface Daemon extends AutoCloseable {

    record Dom(String name, UUID uuid, int id) {
        boolean active() {
            return id >= 0;
        }
    }

    /** virDomainState and its reason, by libvirt's numbers. */
    record State(int state, int reason) {}

    /** Typed parameters of one domain: {@code state.state}, {@code cpu.time}, {@code net.0.rx.bytes}, … */
    record Stats(Dom dom, Map<String, Object> values) {
        long number(String key) {
            return values.get(key) instanceof Number number ? number.longValue() : 0;
        }
    }

    record Node(int cpus, long memoryKib, String model) {}

    record Space(long capacity, long available) {}

    /** A volume of the pool. */
    record Vol(String pool, String name, String key) {}

    /** A change that libvirt tells of: a lifecycle event with its detail, or that a device is gone. */
    sealed interface Event {
        record Lifecycle(Dom dom, int event, int detail) implements Event {}

        record DeviceRemoved(Dom dom, String alias) implements Event {}

        /** Events may have been lost. */
        record Gap() implements Event {}
    }

    /** The same connection with another deadline for each call. */
    Daemon within(Duration patience);

    // ---- the host

    /** libvirt's word for its driver: {@code QEMU}, {@code TEST}, … */
    String type();

    String hostname();

    /** Of the hypervisor: 7 002 022 is 7.2.22. */
    long version();

    String capabilities();

    Node node();

    /** {@code kernel}, {@code user}, {@code idle}, {@code iowait}: nanoseconds since the host booted, over all CPUs. */
    Map<String, Long> processorTimes();

    /** {@code total}, {@code free}, {@code buffers}, {@code cached}, in KiB. */
    Map<String, Long> memoryStats();

    // ---- domains

    Optional<Dom> domain(UUID uuid);

    /** @param flags virConnectListAllDomainsFlags */
    List<Dom> domains(int flags);

    /** @param groups virDomainStatsTypes; @param flags virConnectGetAllDomainStatsFlags */
    List<Stats> stats(int groups, int flags);

    Dom define(String xml);

    void undefine(Dom dom, int flags);

    void create(Dom dom, int flags);

    void destroy(Dom dom);

    void shutdown(Dom dom);

    void reboot(Dom dom);

    void reset(Dom dom);

    void suspend(Dom dom);

    void resume(Dom dom);

    void managedSave(Dom dom);

    boolean hasManagedSave(Dom dom);

    State state(Dom dom);

    /** @param flags virDomainXMLFlags: 2 is the inactive definition */
    String xml(Dom dom, int flags);

    /** The element of this namespace in the domain's metadata. */
    Optional<String> metadata(Dom dom, String namespace);

    void metadata(Dom dom, String element, String prefix, String namespace, int flags);

    /** @param flags virDomainDeviceModifyFlags: 1 live, 2 config */
    void attachDevice(Dom dom, String xml, int flags);

    void detachDevice(Dom dom, String xml, int flags);

    void vcpus(Dom dom, int count, int flags);

    void memory(Dom dom, long kib, int flags);

    void blockResize(Dom dom, String target, long bytes);

    void snapshotTake(Dom dom, String xml, int flags);

    List<String> snapshots(Dom dom);

    void snapshotRevert(Dom dom, String name, int flags);

    void snapshotDelete(Dom dom, String name);

    /** Copies disks of a running domain out ({@code <domainbackup mode='push'>}); returns at once. */
    void backupBegin(Dom dom, String xml);

    /** Type of the job under way (virDomainJobType: 0 none) and its typed parameters. */
    Map<String, Object> job(Dom dom);

    void abortJob(Dom dom);

    /** Asks the guest agent; empty when none answers. */
    Optional<String> agent(Dom dom, String json, Duration patience);

    Stream channel(Dom dom, String name, boolean force);

    Stream console(Dom dom);

    /** Bytes both ways until closed. */
    interface Stream extends AutoCloseable {
        InputStream in();

        OutputStream out();

        @Override
        void close();
    }

    // ---- migration: protocol 3, its five steps

    record Begun(String xml, byte[] cookie) {}

    record Prepared(byte[] cookie, String uri) {}

    Begun migrateBegin(Dom dom, Map<String, Object> parameters, long flags);

    Prepared migratePrepare(Map<String, Object> parameters, byte[] cookie, long flags);

    byte[] migratePerform(Dom dom, String destination, Map<String, Object> parameters, byte[] cookie, long flags);

    /** @return the domain on the destination and a cookie; no domain when it is not running there */
    Finished migrateFinish(Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled);

    /** @param why the guest does not run there, when it does not */
    record Finished(Optional<Dom> dom, byte[] cookie, String why) {}

    void migrateConfirm(Dom dom, Map<String, Object> parameters, byte[] cookie, long flags, boolean cancelled);

    void maxDowntime(Dom dom, long milliseconds);

    // ---- storage

    /** Whether the pool is defined. */
    boolean hasPool(String pool);

    void definePool(String xml);

    /** Builds, starts and autostarts the pool where need be. */
    void startPool(String pool);

    String poolXml(String pool);

    Space space(String pool);

    List<Vol> volumes(String pool);

    Optional<Vol> volume(String pool, String name);

    /** Makes a volume; one of that name stays as it is. */
    Vol createVolume(String pool, String xml);

    Vol copyVolume(String pool, String xml, Vol source);

    void deleteVolume(Vol volume);

    /** Its size as a guest sees it; for raw volumes the file's length. */
    long volumeCapacity(Vol volume);

    String volumeXml(Vol volume);

    void resizeVolume(Vol volume, long bytes);

    /** Writes {@code length} bytes at {@code offset}; returns when the host has them. */
    void upload(Vol volume, long offset, long length, InputStream bytes);

    /** @param length 0 for all that is left */
    InputStream download(Vol volume, long offset, long length);

    /** The text of a small file of the host itself, read through a storage pool that lives for the moment; empty when there is no such file. */
    Optional<String> peek(String folder, String file);

    // ---- networks and filters, by name

    /** The network's XML, when there is one; the running one when it runs. */
    Optional<String> networkXml(String name);

    boolean networkRuns(String name);

    void defineNetwork(String xml);

    /** Starts the network and lets it start with the host. */
    void startNetwork(String name);

    void stopNetwork(String name);

    void undefineNetwork(String name);

    /** virNetworkUpdate of a DHCP host, running and persistent. @param command 3 add last, 2 delete, 1 modify; @param ip in which of the network's {@code ip} elements */
    void updateDhcpHost(String name, int command, int ip, String xml);

    /** Names of all filters; none where libvirt was built or installed without them. */
    List<String> filters();

    void defineFilter(String xml);

    /** @throws HostFailure BUSY when a guest uses it */
    void undefineFilter(String name);

    // ---- events

    /** From now on; called on the connection's own thread. */
    void listen(Consumer<Event> listener);

    /** Called once when the connection is gone, with the reason. */
    void onClosed(Consumer<String> listener);

    boolean isOpen();

    @Override
    void close();
}
