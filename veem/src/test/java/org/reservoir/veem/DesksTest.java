package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostChange;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Templates;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.TemplateId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** Who may do what, how much of it, and what templates make. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DesksTest {
    private static final Caller ANNA = SimulatedSite.ANNA;
    private static final Caller BERT = SimulatedSite.BERT;
    /** In Anna's group. */
    private static final Caller CARA = new Caller(new UserId(4), "cara", new GroupId(2), Set.of(new GroupId(2)), false);

    private final Map<Object, Quotas.Limits> limits = new HashMap<>();
    private final SteppedSite site = new SteppedSite(2, new Quotas() {
        @Override
        public Limits of(UserId user) {
            return limits.getOrDefault(user, Limits.NONE);
        }

        @Override
        public Limits of(GroupId group) {
            return limits.getOrDefault(group, Limits.NONE);
        }
    });
    private int names;
    private NetworkId annas;

    @BeforeEach
    void nothingIsThere() {
        limits.clear();
        site.vees().forEach(vee -> site.act(vee.id(), new VeeAction.Terminate(true)));
        site.work();
        annas = site.veem.networks().create(ANNA, new NetworkSpec("net" + ++names, "isolated", Optional.empty(), List.of(NetworkSpec.Range.of("10.8.0.0/24")), List.of(), false, false, 0, true)).id();
    }

    @AfterAll
    void close() {
        site.close();
    }

    private VeeSpec spec() {
        return VeeSpec.of("d" + ++names, 1, DataSize.mebibytes(256)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1)))).withNics(List.of(VeeSpec.NicSpec.on(annas)));
    }

    private VeeId annas() {
        var vee = site.veem.vees().create(ANNA, spec()).id();
        site.work();
        return vee;
    }

    private static void refused(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable wish) {
        assertThatThrownBy(wish).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }

    // ---- quotas

    private static Quotas.Limits limits(long vees, long cpu, long memory, long disk, long addresses) {
        return new Quotas.Limits(limit(vees), limit(cpu), limit(memory), limit(disk), limit(addresses));
    }

    private static OptionalLong limit(long value) {
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private void bounded(Quotas.Limits bounds, String what) {
        limits.put(ANNA.user(), bounds);
        var first = annas();
        assertThatThrownBy(() -> site.veem.vees().create(ANNA, spec())).hasMessageContaining("The quota of user anna").hasMessageContaining(what);
        site.veem.vees().act(ANNA, first, new VeeAction.Terminate(true));
        site.work();
        assertThat(site.vee(annas()).state()).as("what is terminated counts no more").isEqualTo(VeeState.RUNNING);
    }

    @Test
    void aNetworkThatIsNotBridgedTakesNoBridge() {
        for (var reach : List.of("isolated", "nat")) {
            assertThatThrownBy(() -> site.veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec("bridge-less", reach, Optional.of("br0"), List.of(), List.of(), false, false, 0, true)))
                    .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("BAD_NETWORK")).hasMessage("Network bridge-less is %s and would not be on the bridge br0.".formatted(reach));
        }
    }

    @Test
    void veesAreCounted() {
        bounded(limits(1, -1, -1, -1, -1), "1 VEEs");
    }

    @Test
    void processorsAreCounted() {
        bounded(limits(-1, 1500, -1, -1, -1), "1.5 CPUs");
    }

    @Test
    void memoryIsCounted() {
        bounded(limits(-1, -1, 300L << 20, -1, -1), "300 MiB of memory");
    }

    @Test
    void disksAreCounted() {
        bounded(limits(-1, -1, -1, 1536L << 20, -1), "1.5 GiB of disk");
    }

    @Test
    void addressesAreCounted() {
        bounded(limits(-1, -1, -1, -1, 1), "1 addresses");
    }

    @Test
    void theQuotaOfAGroupIsSharedByItsMembers() {
        limits.put(ANNA.group(), limits(1, -1, -1, -1, -1));
        annas();
        refused("QUOTA_EXCEEDED", () -> site.veem.vees().create(CARA, VeeSpec.of("c", 1, DataSize.mebibytes(64))));
    }

    @Test
    void whateverMakesAVeeGrowIsHeldToItsOwnersQuotaWhoeverAsks() {
        var vee = annas();
        limits.put(ANNA.user(), limits(-1, 1000, 256L << 20, 1L << 30, 1));
        for (var caller : List.of(ANNA, SimulatedSite.ADMIN)) {
            refused("QUOTA_EXCEEDED", () -> site.veem.vees().act(caller, vee, new VeeAction.Resize(2, Cpus.of(2), DataSize.mebibytes(256))));
            refused("QUOTA_EXCEEDED", () -> site.veem.vees().act(caller, vee, new VeeAction.Resize(1, Cpus.of(1), DataSize.mebibytes(512))));
            refused("QUOTA_EXCEEDED", () -> site.veem.vees().act(caller, vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1)))));
            refused("QUOTA_EXCEEDED", () -> site.veem.vees().act(caller, vee, new VeeAction.ResizeDisk(0, DataSize.gibibytes(2))));
            refused("QUOTA_EXCEEDED", () -> site.veem.vees().act(caller, vee, new VeeAction.AttachNic(VeeSpec.NicSpec.on(annas))));
        }
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.RUNNING);
        assertThat(site.veem.networks().network(ANNA, annas).used()).as("nothing is half done").isEqualTo(1);
    }

    // ---- permissions

    @Test
    void aVeeIsItsOwnersAloneUntilOthersAreLetIn() {
        var vee = annas();
        for (var other : List.of(BERT, CARA)) {
            refused("VEE_NOT_FOUND", () -> site.veem.vees().vee(other, vee));
            refused("VEE_NOT_FOUND", () -> site.veem.vees().act(other, vee, new VeeAction.Suspend()));
            assertThat(listed(other)).isEmpty();
        }
        own(ANNA, vee, "um-u-----");
        assertThat(listed(CARA)).containsExactly(vee);
        refused("NOT_ALLOWED", () -> site.veem.vees().act(CARA, vee, new VeeAction.Suspend()));
        refused("NOT_ALLOWED", () -> site.veem.hosts().console(CARA, vee));
        refused("VEE_NOT_FOUND", () -> site.veem.vees().vee(BERT, vee));
        own(ANNA, vee, "um-um-u--");
        site.veem.vees().act(CARA, vee, new VeeAction.Rename("by-cara-" + names));
        assertThat(listed(BERT)).containsExactly(vee);
        refused("NOT_ALLOWED", () -> site.veem.vees().act(BERT, vee, new VeeAction.Terminate(true)));
        refused("NOT_ALLOWED", () -> site.veem.vees().act(CARA, vee, new VeeAction.Migrate(Optional.empty(), true)));
        own(ANNA, vee, "um-uma---");
        site.veem.vees().act(CARA, vee, new VeeAction.Migrate(Optional.empty(), true));
        site.work();
    }

    private void own(Caller caller, VeeId vee, String permissions) {
        site.veem.vees().act(caller, vee, new VeeAction.Own(new Ownership(ANNA.user(), ANNA.group(), permissions)));
    }

    private List<VeeId> listed(Caller caller) {
        return site.veem.vees().vees(caller, Vees.Filter.LIVING, Page.Request.FIRST).items().stream().map(Vee::id).toList();
    }

    @Test
    void aVeeIsGivenAwayOnlyByAnAdministratorToOneWhoHasRoomForItAndNoOtherOfItsName() {
        var vee = annas();
        var toBert = new VeeAction.Own(Ownership.privateTo(BERT));
        refused("NOT_ALLOWED", () -> site.veem.vees().act(ANNA, vee, toBert));
        limits.put(BERT.user(), limits(0, -1, -1, -1, -1));
        refused("QUOTA_EXCEEDED", () -> site.veem.vees().act(SimulatedSite.ADMIN, vee, toBert));
        limits.clear();
        var twin = site.veem.vees().create(BERT, VeeSpec.of(site.vee(vee).name(), 1, DataSize.mebibytes(64))).id();
        refused("VEE_NAME_TAKEN", () -> site.veem.vees().act(SimulatedSite.ADMIN, vee, toBert));
        site.veem.vees().act(BERT, twin, new VeeAction.Terminate(true));
        site.work();
        site.veem.vees().act(SimulatedSite.ADMIN, vee, toBert);
        assertThat(listed(BERT)).containsExactly(vee);
        refused("VEE_NOT_FOUND", () -> site.veem.vees().vee(ANNA, vee));
    }

    @Test
    void anothersNetworkIsUsedOnlyByThoseWhoMay() {
        refused("NETWORK_NOT_FOUND", () -> site.veem.vees().create(BERT, spec()));
        site.veem.networks().own(ANNA, annas, new Ownership(ANNA.user(), ANNA.group(), Ownership.PUBLIC));
        assertThat(site.veem.vees().create(BERT, spec()).nics()).hasSize(1);
        refused("NOT_ALLOWED", () -> site.veem.networks().delete(BERT, annas));
    }

    @Test
    void hostsAreChangedByAdministratorsAlone() {
        var first = site.veem.hosts().hosts(ANNA, Page.Request.FIRST).items().getFirst();
        var host = first.id();
        refused("NOT_ALLOWED", () -> site.veem.hosts().add(ANNA, HostRequest.of("mine", "sim://mine")));
        refused("NOT_ALLOWED", () -> site.veem.hosts().evacuate(ANNA, host));
        refused("NOT_ALLOWED", () -> site.veem.hosts().remove(ANNA, host));
        refused("HOST_NAME_TAKEN", () -> site.veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("h1", "sim://other")));
        refused("HOST_ADDED_ALREADY", () -> site.veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("other", first.uri())));
        refused("HOST_ADDED_ALREADY", () -> site.veem.hosts().add(SimulatedSite.ADMIN, HostRequest.of("other", "sim://h1?cpus=3")));
        refused("BAD_HOST_OPTION", () -> site.veem.hosts().add(SimulatedSite.ADMIN,
                new HostRequest("other", "sim://other", "default", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of("label.rack", "1", "vtep", "192.0.2.1", "aceleration", "kvm"))));
        refused("HOST_NOT_FOUND", () -> site.veem.hosts().disable(SimulatedSite.ADMIN, new HostId(999)));
    }

    @Test
    void whatIsNotNamedOfAHostStaysAndIsShownToAdministrators() {
        var hosts = site.veem.hosts();
        var id = hosts.add(SimulatedSite.ADMIN, new HostRequest("kept", "sim://kept?cpus=8", "green", 4, 1, Cpus.of(1), DataSize.ZERO, Map.of("rack", "1", "row", "a"), Map.of("label.gpu", "no", "vtep", "192.0.2.1"))).id();
        hosts.change(SimulatedSite.ADMIN, id, changing(Map.of("rack", "2"), Map.of("label.gpu", "yes"), List.of("row"), List.of("vtep")));
        assertThat(hosts.host(SimulatedSite.ADMIN, id)).satisfies(host -> {
            assertThat(host.cluster()).isEqualTo("green");
            assertThat(host.labels()).isEqualTo(Map.of("rack", "2"));
            assertThat(host.kept()).isEqualTo(new Host.Kept(4, 1, Cpus.of(1), DataSize.ZERO, Map.of("label.gpu", "yes")));
            assertThat(host.capacity().cpu()).isEqualTo(Cpus.of(28));
        });
        assertThat(hosts.host(ANNA, id).kept().options()).isEmpty();
        refused("BAD_REQUEST", () -> hosts.change(SimulatedSite.ADMIN, id, changing(Map.of(), Map.of(), List.of(), List.of("vtep"))));
        refused("BAD_HOST_OPTION", () -> hosts.change(SimulatedSite.ADMIN, id, changing(Map.of(), Map.of("aceleration", "kvm"), List.of(), List.of())));
        refused("NOT_ALLOWED", () -> hosts.change(ANNA, id, changing(Map.of("rack", "3"), Map.of(), List.of(), List.of())));
        refused("BAD_HOST_URI", () -> hosts.add(SimulatedSite.ADMIN, HostRequest.of("told", "sim://root:secret@told")));
        assertThat(hosts.host(SimulatedSite.ADMIN, id).labels()).isEqualTo(Map.of("rack", "2"));
    }

    private static HostChange changing(Map<String, String> labels, Map<String, String> options, List<String> noLabels, List<String> noOptions) {
        return new HostChange(Optional.empty(), OptionalDouble.empty(), OptionalDouble.empty(), Optional.empty(), Optional.empty(), labels, options, noLabels, noOptions);
    }

    // ---- templates

    private static final List<Templates.Input> INPUTS = List.of(new Templates.Input("color", "of the page", Optional.of("[a-z]+"), Optional.empty()),
            new Templates.Input("size", "of the page", Optional.empty(), Optional.of("a4")));

    private TemplateId template(Caller caller) {
        var spec = VeeSpec.of("any", 1, DataSize.mebibytes(64)).withContext(VeeSpec.Context.of(Map.of("page", "${color} ${size}")))
                .noted(Map.of("kind", "page"), Map.of("why", "somebody wanted it ${color}"));
        return site.veem.templates().create(caller, "t" + ++names, spec, INPUTS).id();
    }

    @Test
    void aTemplateMakesVeesWithWhatItIsTold() {
        var made = site.veem.templates().instantiate(ANNA, template(ANNA), "p" + names, 3, Map.of("color", "red"));
        assertThat(made).hasSize(3).allSatisfy(vee -> {
            assertThat(vee.spec().context().properties()).isEqualTo(Map.of("page", "red a4"));
            assertThat(vee.spec().notes()).isEqualTo(Map.of("why", "somebody wanted it red"));
            assertThat(vee.spec().tags()).isEqualTo(Map.of("kind", "page"));
        });
        site.work();
        assertThat(made).allSatisfy(vee -> assertThat(site.vee(vee.id()).state()).isEqualTo(VeeState.RUNNING));
    }

    @Test
    void aTemplateRefusesWhatItWasNotMadeFor() {
        var template = template(ANNA);
        var templates = site.veem.templates();
        refused("MISSING_INPUT", () -> templates.instantiate(ANNA, template, "p", 1, Map.of()));
        refused("UNKNOWN_INPUT", () -> templates.instantiate(ANNA, template, "p", 1, Map.of("color", "red", "weight", "3")));
        refused("BAD_INPUT", () -> templates.instantiate(ANNA, template, "p", 1, Map.of("color", "RED")));
        refused("BAD_REQUEST", () -> templates.instantiate(ANNA, template, "p", 0, Map.of("color", "red")));
        refused("BAD_REQUEST", () -> templates.instantiate(ANNA, template, "p", Integer.MAX_VALUE, Map.of("color", "red")));
        refused("TEMPLATE_NOT_FOUND", () -> templates.instantiate(ANNA, new TemplateId(999), "p", 1, Map.of()));
        refused("TEMPLATE_NAME_TAKEN", () -> templates.create(ANNA, templates.template(ANNA, template).name(), VeeSpec.of("x", 1, DataSize.mebibytes(64)), List.of()));
        refused("BAD_TEMPLATE", () -> templates.create(ANNA, "broken", VeeSpec.of("x", 1, DataSize.mebibytes(64)), List.of(new Templates.Input("a", "", Optional.of("("), Optional.empty()))));
    }

    @Test
    void aTemplateIsSharedAndKept() {
        var template = template(ANNA);
        refused("TEMPLATE_NOT_FOUND", () -> site.veem.templates().template(CARA, template));
        site.veem.templates().own(ANNA, template, new Ownership(ANNA.user(), ANNA.group(), "um-u-----"));
        assertThat(site.veem.templates().instantiate(CARA, template, "p" + names, 1, Map.of("color", "blue"))).hasSize(1);
        assertThat(site.veem.templates().templates(CARA, Page.Request.FIRST).items()).extracting(Templates.Template::id).contains(template);
        refused("NOT_ALLOWED", () -> site.veem.templates().delete(CARA, template));
        refused("TEMPLATE_NOT_FOUND", () -> site.veem.templates().delete(BERT, template));
        site.veem.templates().delete(ANNA, template);
        refused("TEMPLATE_NOT_FOUND", () -> site.veem.templates().template(ANNA, template));
    }
}
