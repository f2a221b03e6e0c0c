package org.reservoir.veem.work;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.Claim;
import org.reservoir.veem.image.file.Interrupted;
import org.reservoir.veem.kept.Finished;
import org.reservoir.veem.kept.Outcome;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what a claim of work asks for and says what came of it; never throws, whatever goes wrong. */
public final class Performer {
    private static final Logger LOG = LoggerFactory.getLogger(Performer.class);

    private final Workshop workshop;
    private final Map<String, Consumer<String>> chores;

    /** @param chores what is done besides, by kind, given the subject: work on images, networks and security groups */
    public Performer(Workshop workshop, Map<String, Consumer<String>> chores) {
        this.workshop = workshop;
        this.chores = Map.copyOf(chores);
    }

    /** @param vees the VEEs that claims speak of, as they are now */
    Finished perform(Claim claim, Map<VeeId, VeeRecord> vees) {
        return switch (claim.kind()) {
            case Engine.VEE -> work(claim, vees.get(VeeId.parse(claim.subject())));
            case Engine.ERASE -> erase(claim, vees);
            default -> chore(claim, () -> chores.get(claim.kind()).accept(claim.subject()));
        };
    }

    private Finished work(Claim claim, VeeRecord vee) {
        var isNews = vee != null && vee.task().isPresent() && VeeDesk.busy(vee) && vee.generation() == Long.parseLong(claim.payload());
        if (!isNews) {
            return new Finished.Nothing(claim);
        }
        return new Finished.OfVee(claim, vee, outcome(claim, vee));
    }

    private Outcome outcome(Claim claim, VeeRecord vee) {
        var begun = new Workshop.Trace();
        try {
            return workshop.perform(vee, begun);
        } catch (HostFailure failure) {
            return new Outcome.Failed(failure.kind(), failure.getMessage(), claim.attempts(), begun.begun());
        } catch (Refused refused) {
            return new Outcome.Failed(HostFailure.Kind.REFUSED, refused.getMessage(), claim.attempts(), begun.begun());
        } catch (RuntimeException defect) {
            LOG.error("{} {}: {}", vee.id(), vee.task().map(Task::words).orElse("?"), defect.getMessage(), defect);
            return new Outcome.Failed(HostFailure.Kind.REFUSED, "a defect in Reservoir: " + defect, claim.attempts(), begun.begun());
        }
    }

    /** Once a VEE is terminated none of its files is needed anywhere, and it never comes back. */
    private Finished erase(Claim claim, Map<VeeId, VeeRecord> vees) {
        return chore(claim, () -> {
            var vee = Engine.vee(claim);
            var host = HostId.parse(claim.subject().split("@")[1]);
            var order = new Order(vee, Long.parseLong(claim.payload()), Duration.ofMinutes(1));
            if (Optional.ofNullable(vees.get(vee)).filter(known -> known.state() == VeeState.TERMINATED).isPresent()) {
                workshop.erase(host, order);
            } else {
                workshop.withdraw(host, order);
            }
        });
    }

    /** What must be done some day, whatever it takes. */
    private static Finished chore(Claim claim, Runnable work) {
        try {
            work.run();
            return new Finished.Nothing(claim);
        } catch (HostFailure failure) {
            var over = failure.kind() == HostFailure.Kind.STALE_ORDER || failure.kind() == HostFailure.Kind.NO_SUCH_GUEST;
            return over ? new Finished.Nothing(claim) : new Finished.Later(claim, failure.getMessage());
        } catch (Interrupted interrupted) {
            return new Finished.Later(claim, interrupted.getMessage());
        } catch (Refused notNow) {
            LOG.info("{} is tried again later: {}", claim.subject(), notNow.getMessage());
            return new Finished.Later(claim, notNow.getMessage());
        } catch (RuntimeException defect) {
            LOG.error("{}: {}", claim.subject(), defect.getMessage(), defect);
            return new Finished.Later(claim, defect.toString());
        }
    }
}
