package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;

class VeeListsTest {
    private final SimulatedSite site = SimulatedSite.with(1);

    @AfterEach
    void close() {
        site.close();
    }

    private List<Vee> listed() {
        return site.veem.vees().vees(SimulatedSite.ADMIN, Vees.Filter.LIVING, Page.Request.ALL).items();
    }

    @Test
    void aListReadsAgainWhatHasChangedAndNothingElse() {
        var specs = List.of("a", "b", "c").stream().map(name -> VeeSpec.of(name, 1, DataSize.mebibytes(64))).toList();
        var made = site.veem.vees().create(SimulatedSite.ADMIN, specs.stream().map(VeeListsTest::held).toList());
        var before = listed();
        site.veem.vees().act(SimulatedSite.ADMIN, made.get(1).id(), new VeeAction.Rename("z"));
        site.veem.vees().act(SimulatedSite.ADMIN, made.get(2).id(), new VeeAction.Annotate(Map.of("tier", "web"), Map.of()));
        var after = listed();
        assertThat(before).extracting(Vee::name).containsExactly("a", "b", "c");
        assertThat(after).extracting(Vee::name).containsExactly("a", "z", "c");
        assertThat(after.getFirst()).isSameAs(before.getFirst());
        assertThat(after.get(2).spec().tags()).containsEntry("tier", "web");
        assertThat(after).isEqualTo(made.stream().map(vee -> site.veem.vees().vee(SimulatedSite.ADMIN, vee.id())).toList());
    }

    @Test
    void whatOnePersonWasShownIsNotShownToAnother() {
        site.veem.vees().create(SimulatedSite.ANNA, held(VeeSpec.of("hers", 1, DataSize.mebibytes(64))));
        assertThat(listed()).hasSize(1);
        assertThat(site.veem.vees().vees(SimulatedSite.BERT, Vees.Filter.LIVING, Page.Request.ALL).items()).isEmpty();
    }

    @Test
    void theNewestIdIsKnownThoughItsVeeIsGone() {
        assertThat(site.veem.newest()).isEmpty();
        site.veem.vees().create(SimulatedSite.ADMIN, held(VeeSpec.of("first", 1, DataSize.mebibytes(64))));
        var last = site.veem.vees().create(SimulatedSite.ADMIN, held(VeeSpec.of("last", 1, DataSize.mebibytes(64)))).id();
        site.act(last, new VeeAction.Terminate(true), VeeState.TERMINATED);
        assertThat(site.veem.newest()).contains(last);
    }

    static VeeSpec held(VeeSpec spec) {
        return new VeeSpec(spec.name(), spec.vcpus(), spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(), spec.nics(), spec.context(), spec.placement(), true,
                spec.notBefore(), spec.agent(), spec.readyGate(), spec.tags(), spec.notes());
    }
}
