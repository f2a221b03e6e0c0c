package org.reservoir.libvirtrpc;

import static org.reservoir.libvirtrpc.LibvirtError.*;
import static org.reservoir.libvirtrpc.Procedure.*;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** The life of domains, and what is plugged into them. Flags are libvirt's own, see {@link Flags}. */
public interface DomainCalls extends Caller {

    /** virDomainState and its reason, by libvirt's numbers. */
    record State(int state, int reason) {}

    /** What every driver knows of a domain. @param cpuTime nanoseconds */
    record Info(int state, long maxMemoryKib, long memoryKib, int vcpus, long cpuTime) {}

    /** Typed parameters of one domain: {@code state.state}, {@code cpu.time}, {@code net.0.rx.bytes}, … */
    record Stats(Domain domain, Map<String, Object> values) {
        public long number(String key) {
            return values.get(key) instanceof Number number ? number.longValue() : 0;
        }
    }

    default Optional<Domain> domain(UUID uuid) {
        return callUnless(Set.of(NO_DOMAIN), DOMAIN_LOOKUP_BY_UUID, out -> out.uuid(uuid), XdrReader::domain);
    }

    /** @param flags virConnectListAllDomainsFlags; 0 for all */
    default List<Domain> domains(int flags) {
        return call(CONNECT_LIST_ALL_DOMAINS, out -> out.number(1).number(flags), in -> in.list(XdrReader::domain));
    }

    /** In one call, where the driver can: QEMU's and the test driver do. @param groups virDomainStatsTypes; @param flags virConnectGetAllDomainStatsFlags */
    default List<Stats> stats(int groups, int flags) {
        return call(CONNECT_GET_ALL_DOMAIN_STATS, out -> out.number(0).number(groups).number(flags),
                in -> in.list(one -> new Stats(one.domain(), one.parameters())));
    }

    /**
     * The same of these domains alone: of one that is stuck, none but its own answer is late.
     *
     * @param domains at least one
     */
    default List<Stats> stats(List<Domain> domains, int groups, int flags) {
        return call(CONNECT_GET_ALL_DOMAIN_STATS, out -> {
            out.number(domains.size());
            domains.forEach(out::domain);
            out.number(groups).number(flags);
        }, in -> in.list(one -> new Stats(one.domain(), one.parameters())));
    }

    /** Begins to count for so many seconds, 1 to 60, how much memory a running domain writes; {@link Flags#STATS_DIRTYRATE} shows what came out. Needs QEMU 5.2. */
    default void startDirtyRate(Domain domain, int seconds) {
        call(DOMAIN_START_DIRTY_RATE_CALC, out -> out.domain(domain).number(seconds).number(0));
    }

    /** Writes the definition, new or anew. */
    default Domain define(String xml) {
        return call(DOMAIN_DEFINE_XML_FLAGS, out -> out.text(xml).number(0), XdrReader::domain);
    }

    /** Gone already is no failure. */
    default void undefine(Domain domain, int flags) {
        end(Set.of(NO_DOMAIN), DOMAIN_UNDEFINE_FLAGS, out -> out.domain(domain).number(flags));
    }

    /** Starts a defined domain. */
    default void create(Domain domain, int flags) {
        call(DOMAIN_CREATE_WITH_FLAGS, out -> out.domain(domain).number(flags));
    }

    /** Off at once. Off or gone already is no failure. */
    default void destroy(Domain domain) {
        end(Set.of(NO_DOMAIN, OPERATION_INVALID), DOMAIN_DESTROY_FLAGS, out -> out.domain(domain).number(0));
    }

    /** Asks the guest to shut down. Off already is no failure. */
    default void shutdown(Domain domain, int flags) {
        end(Set.of(OPERATION_INVALID), DOMAIN_SHUTDOWN_FLAGS, out -> out.domain(domain).number(flags));
    }

    /** @param flags virDomainRebootFlagValues; 0 for libvirt's choice */
    default void reboot(Domain domain, int flags) {
        call(DOMAIN_REBOOT, out -> out.domain(domain).number(flags));
    }

    default void reset(Domain domain) {
        call(DOMAIN_RESET, out -> out.domain(domain).number(0));
    }

    default void suspend(Domain domain) {
        call(DOMAIN_SUSPEND, out -> out.domain(domain));
    }

    default void resume(Domain domain) {
        call(DOMAIN_RESUME, out -> out.domain(domain));
    }

    /** Off, with its memory kept in a file from which {@link #create} goes on. */
    default void managedSave(Domain domain) {
        call(DOMAIN_MANAGED_SAVE, out -> out.domain(domain).number(0));
    }

    default boolean hasManagedSave(Domain domain) {
        return call(DOMAIN_HAS_MANAGED_SAVE_IMAGE, out -> out.domain(domain).number(0), XdrReader::number) != 0;
    }

    default State state(Domain domain) {
        return call(DOMAIN_GET_STATE, out -> out.domain(domain).number(0), in -> new State(in.number(), in.number()));
    }

    default Info info(Domain domain) {
        return call(DOMAIN_GET_INFO, out -> out.domain(domain), DomainCalls::read);
    }

    private static Info read(XdrReader in) {
        return new Info(in.number(), in.hyper(), in.hyper(), in.number(), in.hyper());
    }

    /** The same of many, asked all at once, by their UUIDs; without those that are no more. */
    default Map<UUID, Info> infos(List<Domain> domains) {
        var answers = askAll(DOMAIN_GET_INFO, domains.stream().<Consumer<XdrWriter>>map(domain -> out -> out.domain(domain)).toList(), DomainCalls::read);
        var infos = new HashMap<UUID, Info>();
        for (int i = 0; i < answers.size(); i++) {
            switch (answers.get(i)) {
                case Answer.Given<Info>(var info) -> infos.put(domains.get(i).uuid(), info);
                case Answer.Denied<Info>(var error) when error.code() == NO_DOMAIN -> { }
                case Answer.Denied<Info>(var error) -> throw failure(error);
            }
        }
        return infos;
    }

    /** @param flags virDomainXMLFlags: 2 is the inactive definition */
    default String xml(Domain domain, int flags) {
        return call(DOMAIN_GET_XML_DESC, out -> out.domain(domain).number(flags), XdrReader::text);
    }

    /** The element of this namespace in the domain's metadata. */
    default Optional<String> metadata(Domain domain, String namespace) {
        return callUnless(Set.of(NO_DOMAIN_METADATA), DOMAIN_GET_METADATA,
                out -> out.domain(domain).number(Flags.METADATA_ELEMENT).maybe(Optional.of(namespace)).number(0), XdrReader::text);
    }

    default void metadata(Domain domain, String element, String prefix, String namespace, int flags) {
        call(DOMAIN_SET_METADATA, out -> out.domain(domain).number(Flags.METADATA_ELEMENT).maybe(Optional.of(element)).maybe(Optional.of(prefix))
                .maybe(Optional.of(namespace)).number(flags));
    }

    /** @param flags virDomainDeviceModifyFlags: 1 live, 2 config */
    default void attachDevice(Domain domain, String xml, int flags) {
        call(DOMAIN_ATTACH_DEVICE_FLAGS, out -> out.domain(domain).text(xml).number(flags));
    }

    /** Asks the guest to let go; whether and when it has, {@link DomainEvent.DeviceRemoved} tells. */
    default void detachDevice(Domain domain, String xml, int flags) {
        call(DOMAIN_DETACH_DEVICE_FLAGS, out -> out.domain(domain).text(xml).number(flags));
    }

    default void vcpus(Domain domain, int count, int flags) {
        call(DOMAIN_SET_VCPUS_FLAGS, out -> out.domain(domain).number(count).number(flags));
    }

    default void memory(Domain domain, long kib, int flags) {
        call(DOMAIN_SET_MEMORY_FLAGS, out -> out.domain(domain).hyper(kib).number(flags));
    }

    default void blockResize(Domain domain, String target, long bytes) {
        call(DOMAIN_BLOCK_RESIZE, out -> out.domain(domain).text(target).hyper(bytes).number(1));
    }

    /** Copies disks of a running domain out ({@code <domainbackup mode='push'>}) into files that are there; returns at once. */
    default void backupBegin(Domain domain, String xml) {
        call(DOMAIN_BACKUP_BEGIN, out -> out.domain(domain).text(xml).maybe(Optional.empty()).number(1));
    }

    /** Type of the job under way ({@code type}: virDomainJobType, 0 none) and its typed parameters. */
    default Map<String, Object> job(Domain domain) {
        return job(domain, 0);
    }

    /** The same of the last job that has ended: type 3 completed, 4 failed with {@code errmsg}. Told once. */
    default Map<String, Object> completedJob(Domain domain) {
        return job(domain, 1);
    }

    private Map<String, Object> job(Domain domain, int flags) {
        return call(DOMAIN_GET_JOB_STATS, out -> out.domain(domain).number(flags), in -> {
            int type = in.number();
            var job = new HashMap<>(in.parameters());
            job.put("type", type);
            return job;
        });
    }

    /** No job is no failure. */
    default void abortJob(Domain domain) {
        end(Set.of(OPERATION_INVALID), DOMAIN_ABORT_JOB, out -> out.domain(domain));
    }

    /** Asks the guest agent; empty when none answers. */
    default Optional<String> agent(Domain domain, String json, Duration patience) {
        return callUnless(Set.of(AGENT_UNRESPONSIVE, AGENT_UNSYNCED, OPERATION_INVALID, ARGUMENT_UNSUPPORTED), DOMAIN_AGENT_COMMAND,
                out -> out.domain(domain).text(json).number((int) patience.toSeconds()).number(0), XdrReader::maybe).flatMap(answer -> answer);
    }

    /** A virtio channel of a running domain, on this connection: read it quickly. @param force takes it from whoever has it */
    default ByteStream channel(Domain domain, String name, boolean force) {
        return stream(DOMAIN_OPEN_CHANNEL, out -> out.domain(domain).maybe(Optional.of(name)).number(force ? 1 : 0));
    }

    /** The first console of a running domain, on a connection of its own. */
    default ByteStream console(Domain domain) {
        return OwnStream.open(another(), own -> own.stream(DOMAIN_OPEN_CONSOLE, out -> out.domain(domain).maybe(Optional.empty()).number(0)));
    }
}
