package org.reservoir.servicemanager;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

import org.reservoir.interfaces.smi.Decision;
import org.reservoir.interfaces.smi.Finding;
import org.reservoir.interfaces.smi.Service;
import org.reservoir.interfaces.smi.ServicePlan;
import org.reservoir.interfaces.smi.ServiceRequest;
import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.manifest.Manifest;
import org.reservoir.manifest.Ovf;

/** Takes what providers ask for: checks it, notes it, and shows what has become of it. The doing is left to the loops. */
final class ServiceDesk implements Services {
    private static final int MOST_TRIES = 20;

    private final ServiceRecords records;
    private final Vmi vmi;
    private final HourlyPrice price;
    private final ServiceSettings settings;
    private final Gate gate;
    private final ReentrantLock admission = new ReentrantLock();
    private final InstantSource clock;

    ServiceDesk(ServiceRecords records, Vmi vmi, HourlyPrice price, ServiceSettings settings, InstantSource clock) {
        this.records = records;
        this.vmi = vmi;
        this.price = price;
        this.settings = settings;
        this.gate = new Gate(records, vmi, settings);
        this.clock = clock;
    }

    @Override
    public List<Finding> check(byte[] manifest) {
        return Submitted.findings(Ovf.read(manifest));
    }

    @Override
    public ServicePlan plan(Caller caller, ServiceRequest request) {
        var reading = Ovf.read(request.manifest());
        var findings = new ArrayList<>(Submitted.findings(reading));
        var manifest = reading.manifest();
        if (findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR)) {
            return new Planning(new Manifest("", "", List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of()), Map.of(), price).plan(findings, List.of());
        }
        Submitted.requireProperties(manifest, request.properties());
        var images = imagesOrFinding(caller, manifest, findings);
        findingOf("Envelope/LicenceSection", () -> requireLicences(manifest)).ifPresent(findings::add);
        var networks = new ServiceNetworks(records, vmi, settings).foreseen(caller, manifest);
        findings.addAll(new SharedHosts(manifest, networks.local()).findings());
        var plan = new Planning(manifest, images, price).plan(findings, networks.toBeMade());
        return findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR) ? plan : plan.with(gate.ask(caller, request.name(), manifest, images));
    }

    private Map<String, Image> imagesOrFinding(Caller caller, Manifest manifest, List<Finding> findings) {
        var images = new HashMap<String, Image>();
        findingOf("Envelope/References", () -> images.putAll(images(caller, manifest))).ifPresent(findings::add);
        return images;
    }

    /** What is wrong with a part of the manifest, where it cannot be had. */
    private static Optional<Finding> findingOf(String path, Runnable wish) {
        try {
            wish.run();
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(new Finding(Finding.Severity.ERROR, refused.code(), refused.getMessage(), path, 0, refused.advice()));
        }
    }

    /** Replicas that ask for what the site has not would be refused one after the other. */
    private void requireLicences(Manifest manifest) {
        manifest.components().stream().filter(component -> !manifest.licences(component).isEmpty())
                .forEach(component -> vmi.licences().require("Component " + component.id(), manifest.licences(component)));
    }

    private Map<String, Image> images(Caller caller, Manifest manifest) {
        return ImageChoice.choose(manifest, vmi.images().images(caller, Page.Request.ALL).items());
    }

    @Override
    public Service submit(Caller caller, ServiceRequest request) {
        var reading = Ovf.read(request.manifest());
        Submitted.requireSound(reading);
        var manifest = reading.manifest();
        Submitted.requireProperties(manifest, request.properties());
        var chosen = images(caller, manifest);
        requireLicences(manifest);
        var images = chosen.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().id()));
        if (request.force() && !caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may have a service taken in whatever admission says.", "Leave --force out.");
        }
        var submission = new ServiceRecords.Submission(request.name(), caller, request.manifest(), manifest, request.properties(), images);
        var id = request.force() ? records.add(submission, clock.instant()) : admitted(submission, chosen);
        return view(kept(caller, id, Right.USE));
    }

    /** One after the other: two that each have room by themselves may not have it together. Who was overtaken by another server's is asked for anew, beside that one. */
    private ServiceId admitted(ServiceRecords.Submission submission, Map<String, Image> images) {
        admission.lock();
        try {
            for (int tries = 0; tries < MOST_TRIES; tries++) {
                long seen = records.takenIn();
                gate.require(submission.owner(), submission.name(), submission.manifest(), images);
                var taken = records.addAfter(seen, submission, clock.instant());
                if (taken.isPresent()) {
                    return taken.get();
                }
            }
            throw Refused.unavailable("ADMISSION_BUSY", "While it was found out whether service %s has room, others were taken in, %d times.".formatted(submission.name(), MOST_TRIES), "Try again.");
        } finally {
            admission.unlock();
        }
    }

    @Override
    public Service service(Caller caller, ServiceId service) {
        return view(kept(caller, service, Right.USE));
    }

    private KeptService kept(Caller caller, ServiceId id, Right right) {
        var service = records.find(id).filter(s -> s.ownership().allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound("SERVICE_NOT_FOUND", "There is no %s.".formatted(id), "See: reservoir service list"));
        if (!service.ownership().allows(caller, right)) {
            throw Refused.forbidden("FORBIDDEN", "%s may not manage %s.".formatted(caller.name(), id), "Ask its owner.");
        }
        return service;
    }

    /** One that may be changed: managed by the caller, and there to stay. */
    private KeptService living(Caller caller, ServiceId id) {
        var service = kept(caller, id, Right.MANAGE);
        if (!service.up()) {
            throw Refused.conflict("WRONG_STATE", "%s is being undeployed, or gone.".formatted(id), "Submit the manifest again.");
        }
        return service;
    }

    private Service view(KeptService service) {
        var seen = service.state() == Service.State.UNDEPLOYED ? List.<Seen>of()
                : Reconciler.vees(vmi, service).stream().flatMap(vee -> Seen.of(vee).stream()).toList();
        return ServiceView.of(service, seen);
    }

    @Override
    public Page<Service> services(Caller caller, Page.Request page) {
        var visible = new ArrayList<Service>();
        var after = page.after().map(ServiceId::parse);
        while (true) {
            var batch = records.list(after, page.limit());
            for (var service : batch) {
                after = Optional.of(service.id());
                if (service.ownership().allows(caller, Right.USE)) {
                    visible.add(view(service));
                }
                if (visible.size() == page.limit()) {
                    return new Page<>(visible, after.map(ServiceId::toString));
                }
            }
            if (batch.size() < page.limit()) {
                return new Page<>(visible, Optional.empty());
            }
        }
    }

    @Override
    public Service scale(Caller caller, ServiceId id, String component, int replicas) {
        var service = living(caller, id);
        var kept = component(service, component);
        if (replicas < kept.least() || replicas > kept.most()) {
            throw Refused.invalid("SCALE_OUT_OF_BOUNDS", "%d replicas of '%s': its manifest allows %d to %d.".formatted(replicas, component, kept.least(), kept.most()),
                    "Give a number within, or submit a manifest with other bounds.");
        }
        records.want(id, component, Optional.empty(), replicas, Optional.empty(), clock.instant(), "%s asked for it".formatted(caller.name()));
        return service(caller, id);
    }

    private static KeptService.KeptComponent component(KeptService service, String component) {
        return service.component(component).orElseThrow(() -> Refused.notFound("COMPONENT_NOT_FOUND", "%s has no component '%s'.".formatted(service.id(), component),
                "It has " + service.components().stream().map(KeptService.KeptComponent::name).toList() + "."));
    }

    @Override
    public Service undeploy(Caller caller, ServiceId id) {
        if (kept(caller, id, Right.MANAGE).up()) {
            records.end(id, clock.instant(), "%s asked for it".formatted(caller.name()));
        }
        return service(caller, id);
    }

    @Override
    public Service retry(Caller caller, ServiceId id) {
        if (kept(caller, id, Right.MANAGE).state() != Service.State.FAILED) {
            throw Refused.conflict("WRONG_STATE", "%s has not failed: there is nothing to do again.".formatted(id), "");
        }
        records.forgive(id, clock.instant());
        return service(caller, id);
    }

    @Override
    public Service rules(Caller caller, ServiceId id, String component, boolean inForce) {
        component(living(caller, id), component);
        records.force(id, component, inForce, clock.instant());
        return service(caller, id);
    }

    @Override
    public Page<Decision> decisions(Caller caller, ServiceId id, Page.Request page) {
        kept(caller, id, Right.USE);
        var before = page.after().map(ServiceDesk::number).map(OptionalLong::of).orElse(OptionalLong.empty());
        var found = records.decisions(id, before, page.limit());
        return new Page<>(found.stream().map(ServiceRecords.NumberedDecision::decision).toList(),
                found.size() < page.limit() ? Optional.empty() : Optional.of(String.valueOf(found.getLast().number())));
    }

    private static long number(String cursor) {
        if (!cursor.matches("[0-9]{1,18}")) {
            throw Refused.invalid("BAD_CURSOR", "'%s' is no place in a list.".formatted(cursor), "Give what the page before said is next.");
        }
        return Long.parseLong(cursor);
    }

    @Override
    public byte[] manifest(Caller caller, ServiceId id) {
        return records.document(kept(caller, id, Right.USE).id());
    }
}
