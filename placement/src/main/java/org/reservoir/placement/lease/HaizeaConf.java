package org.reservoir.placement.lease;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.lease.LeaseSettings.Exclusion;
import org.reservoir.placement.lease.LeaseSettings.Migration;
import org.reservoir.placement.lease.LeaseSettings.Queueing;
import org.reservoir.placement.lease.LeaseSettings.Suspension;

/**
 * Haizea's configuration file ({@code [section]}, {@code option: value}) as settings and policies. Options that concern the plan are understood or refused; those of
 * logging, accounting and enactment are passed over.
 */
public final class HaizeaConf {
    private final Map<String, String> options;

    private HaizeaConf(Map<String, String> options) {
        this.options = options;
    }

    /** @throws Refused {@code BAD_LEASE_OPTION} with the line, for one that is neither section, option nor comment */
    public static HaizeaConf read(Reader in) {
        var options = new TreeMap<String, String>();
        var section = "";
        try (var lines = new BufferedReader(in)) {
            int number = 0;
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                var text = line.strip();
                int mark = text.replace('=', ':').indexOf(':');
                if (text.startsWith("[") && text.endsWith("]")) {
                    section = text.substring(1, text.length() - 1).strip();
                } else if (mark > 0 && !text.startsWith("#") && !text.startsWith(";")) {
                    options.put(section + "." + text.substring(0, mark).strip(), text.substring(mark + 1).strip());
                } else if (!text.isEmpty() && !text.startsWith("#") && !text.startsWith(";")) {
                    throw Refused.invalid("BAD_LEASE_OPTION", "Line %d: '%s' is neither a [section] nor an option.".formatted(number, text), "");
                }
            }
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return new HaizeaConf(options);
    }

    /** This configuration with one option changed. @param name {@code section.option} */
    public HaizeaConf with(String name, String value) {
        var changed = new HashMap<>(options);
        changed.put(name, value);
        return new HaizeaConf(changed);
    }

    private Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name)).filter(value -> !value.isEmpty());
    }

    private String word(String name, String usual) {
        return option(name).orElse(usual);
    }

    private double number(String name, double usual) {
        var value = option(name);
        try {
            return value.isEmpty() ? usual : Double.parseDouble(value.get());
        } catch (NumberFormatException _) {
            throw bad(name, value.get());
        }
    }

    private OptionalLong seconds(String name) {
        var value = option(name);
        if (value.isEmpty() || value.get().equalsIgnoreCase("none")) {
            return OptionalLong.empty();
        }
        if (!value.get().matches("\\d{1,12}")) {
            throw bad(name, value.get());
        }
        return OptionalLong.of(Long.parseLong(value.get()));
    }

    private static Refused bad(String name, String value) {
        return Refused.invalid("BAD_LEASE_OPTION", "%s cannot be '%s'.".formatted(name, value), "");
    }

    /** @throws Refused {@code BAD_LEASE_OPTION} for a value that is unknown or not supported */
    public LeaseSettings settings() {
        if (!word("general.lease-preparation", "unmanaged").equals("unmanaged")) {
            throw Refused.invalid("BAD_LEASE_OPTION", "general.lease-preparation '%s' is not planned here.".formatted(word("general.lease-preparation", "")),
                    "Images are brought to hosts by the VEEM; use 'unmanaged'.");
        }
        double rate = number("scheduling.suspend-rate", 32);
        return new LeaseSettings(replanning(), futureLeases(), suspension(), rate, number("scheduling.resume-rate", rate), exclusion(),
                (int) number("scheduling.scheduling-threshold-factor", 1), seconds("scheduling.force-scheduling-threshold"), seconds("scheduling.override-suspend-time"),
                seconds("scheduling.override-resume-time"), migration(), number("simulation.imagetransfer-bandwidth", 100), seconds("scheduling.shutdown-time").orElse(0),
                seconds("scheduling.enactment-overhead").orElse(0), Queueing.BY_ARRIVAL);
    }

    private boolean replanning() {
        var mapper = word("scheduling.mapper", "greedy");
        return switch (mapper) {
            case "greedy" -> false;
            case "deadline" -> true;
            default -> throw bad("scheduling.mapper", mapper);
        };
    }

    private int futureLeases() {
        var backfilling = word("scheduling.backfilling", "aggressive");
        return switch (backfilling) {
            case "off" -> 0;
            case "aggressive" -> 1;
            case "conservative" -> LeaseSettings.UNLIMITED;
            case "intermediate" -> (int) seconds("scheduling.backfilling-reservations").orElseThrow(() -> bad("scheduling.backfilling-reservations", ""));
            default -> throw bad("scheduling.backfilling", backfilling);
        };
    }

    private Suspension suspension() {
        var suspension = word("scheduling.suspension", "none");
        return switch (suspension) {
            case "none" -> Suspension.NONE;
            case "serial-only" -> Suspension.SERIAL_ONLY;
            case "all" -> Suspension.ALL;
            default -> throw bad("scheduling.suspension", suspension);
        };
    }

    private Exclusion exclusion() {
        var exclusion = word("scheduling.suspendresume-exclusion", "local");
        return switch (exclusion) {
            case "local" -> Exclusion.LOCAL;
            case "global" -> Exclusion.GLOBAL;
            default -> throw bad("scheduling.suspendresume-exclusion", exclusion);
        };
    }

    private Migration migration() {
        var migration = word("scheduling.migration", "no");
        return switch (migration) {
            case "no" -> Migration.NO;
            case "yes" -> Migration.YES;
            case "yes-notransfer" -> Migration.WITHOUT_TRANSFER;
            default -> throw bad("scheduling.migration", migration);
        };
    }

    /** @throws Refused {@code BAD_LEASE_OPTION} for a policy that is not built in */
    public LeasePolicies policies() {
        boolean suspending = suspension() != Suspension.NONE;
        return new LeasePolicies(named("admission", "accept-all", NamedPolicies::admission), named("preemption", "no-preemption", name -> NamedPolicies.preemption(name, suspending)),
                named("host-selection", "greedy", NamedPolicies::hosts), named("pricing", "free", name -> NamedPolicies.pricing(name, number -> number("pricing." + number, 0), suspending)));
    }

    private <T> T named(String what, String usual, Function<String, Optional<T>> policy) {
        var option = "scheduling.policy-" + what;
        var name = word(option, usual);
        return policy.apply(name).orElseThrow(() -> bad(option, name));
    }

    /** What is added to the times of a workload's leases. */
    public Workload adjusting(Workload workload) {
        var which = word("tracefile.add-overhead", "none");
        if (which.equals("none")) {
            return workload;
        }
        if (!which.equals("all") && !which.equals("besteffort")) {
            throw bad("tracefile.add-overhead", which);
        }
        double factor = 1 + number("tracefile.runtime-slowdown-overhead", 0) / 100;
        long boot = seconds("tracefile.bootshutdown-overhead").orElse(0);
        return workload.with(workload.requests().stream()
                .map(request -> which.equals("all") || request.kind() == LeaseKind.BEST_EFFORT ? slower(request, factor, boot) : request).toList());
    }

    private static LeaseRequest slower(LeaseRequest request, double factor, long boot) {
        var ends = request.ends().isEmpty() ? request.ends() : OptionalLong.of((long) Math.ceil(request.ends().getAsLong() * factor) + boot);
        return request.lasting((long) Math.ceil(request.duration() * factor) + boot, ends);
    }

    /** When to stop. */
    public Simulation.Until until() {
        var when = word("simulation.stop-when", "all-leases-done");
        return switch (when) {
            case "all-leases-done" -> Simulation.Until.ALL_DONE;
            case "besteffort-done" -> Simulation.Until.BEST_EFFORT_DONE;
            case "besteffort-submitted" -> Simulation.Until.BEST_EFFORT_SUBMITTED;
            default -> throw bad("simulation.stop-when", when);
        };
    }
}
