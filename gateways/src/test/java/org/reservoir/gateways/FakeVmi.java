package org.reservoir.gateways;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;

/**
 * A virtualisation layer in memory, in which everything happens at once: for tests of what speaks to VMI. It obeys ownership and refuses
 * what a real one refuses, so far as those tests need. {@code quota} bounds the VEEs of everybody together.
 */
public final class FakeVmi implements Vmi {
    public static final Instant NOW = Instant.parse("2026-11-24T14:00:00Z");

    public int quota = Integer.MAX_VALUE;
    /** What the next request fails with; a defect, for tests of how defects are told. */
    public Optional<RuntimeException> defect = Optional.empty();
    /** Stays {@code DEPLOYING} this many looks before it runs. */
    public int looksUntilRunning;

    private final FakeVees vees = new FakeVees(this);
    private final FakeImages images = new FakeImages(this);
    private final FakeNetworks networks = new FakeNetworks();
    private final FakeTemplates templates = new FakeTemplates(this);
    private final FakeHosts hosts = new FakeHosts(this);
    private final Leases leases = new FakeLeases(vees);
    private final FakePlacements placements = new FakePlacements();
    private final FakeLicences licences = new FakeLicences(vees);

    @Override
    public FakeVees vees() {
        return vees;
    }

    @Override
    public FakeImages images() {
        return images;
    }

    @Override
    public FakeNetworks networks() {
        return networks;
    }

    @Override
    public FakeTemplates templates() {
        return templates;
    }

    @Override
    public FakeHosts hosts() {
        return hosts;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public FakePlacements placements() {
        return placements;
    }

    @Override
    public FakeLicences licences() {
        return licences;
    }

    /** A secret for the guest of {@code vee}. */
    public static String secretOf(VeeId vee) {
        return "secret-of-" + vee;
    }

    public int openConsoles() {
        return hosts.openConsoles();
    }

    public boolean saidReady(VeeId vee) {
        return vees.saidReady(vee);
    }

    public byte[] contentOf(ImageId image) {
        return images.contentOf(image);
    }
}
