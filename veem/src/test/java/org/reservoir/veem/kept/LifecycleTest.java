package org.reservoir.veem.kept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;

/** The life-cycle table: whole, without contradiction, and drawn for people in docs/reference/vee-lifecycle.md. */
class LifecycleTest {
    /** Actions that change words only, or for which a failure says what is allowed. */
    private static final Set<Class<? extends VeeAction>> ANY_TIME = Set.of(VeeAction.Rename.class, VeeAction.Annotate.class, VeeAction.Own.class, VeeAction.Reschedule.class,
            VeeAction.Recover.class);
    private static final Path PAGE = Path.of("..", "docs", "reference", "vee-lifecycle.md");

    @SuppressWarnings("unchecked")
    private static Stream<Class<? extends VeeAction>> actions() {
        return Arrays.stream(VeeAction.class.getPermittedSubclasses()).map(action -> (Class<? extends VeeAction>) action);
    }

    @Test
    void everyActionIsPossibleInSomeState() {
        assertThat(actions().filter(action -> !ANY_TIME.contains(action)))
                .allSatisfy(action -> assertThat(Lifecycle.TABLE).as(action.getSimpleName()).anyMatch(row -> row.action().equals(action)));
    }

    @Test
    void noActionLeadsToTwoPlacesFromOneState() {
        var seen = new TreeSet<String>();
        Lifecycle.TABLE.forEach(row -> row.from().forEach(from -> assertThat(seen.add(from + " " + row.action().getSimpleName())).as("%s from %s", row.action().getSimpleName(), from).isTrue()));
    }

    @Test
    void everyLineLeadsToAStateOrToAJobThatPassesThroughOne() {
        assertThat(Lifecycle.TABLE).allSatisfy(row -> {
            assertThat(row.job().isPresent()).isNotEqualTo(row.to().isPresent());
            row.job().ifPresent(job -> assertThat(job.during().passing()).as(job.words()).isTrue());
        });
    }

    @Test
    void whatIsNotInTheTableIsRefusedWithTheStatesInWhichItIsPossible() {
        for (var state : VeeState.values()) {
            var possible = Lifecycle.TABLE.stream().anyMatch(row -> row.action() == VeeAction.Suspend.class && row.from().contains(state));
            if (!possible) {
                assertThatThrownBy(() -> Lifecycle.row(state, new VeeAction.Suspend(), "vee-7")).as(state.name()).isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo("WRONG_STATE");
                    assertThat(refused.getMessage()).isEqualTo("vee-7 is %s; suspend is not possible now.".formatted(state));
                    assertThat(refused.advice()).contains(state.passing() ? "Wait" : "RUNNING");
                });
            }
        }
    }

    /** Drawn anew with {@code -Dlifecycle.draw=true}. */
    @Test
    void thePageShowsTheTableAsItIs() throws IOException {
        if (Boolean.getBoolean("lifecycle.draw")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page());
        }
        assertThat(PAGE).as("draw it anew: mvn -pl veem -am test -Dtest=LifecycleTest -Dlifecycle.draw=true -Dsurefire.failIfNoSpecifiedTests=false").content().isEqualTo(page());
    }

    // ---- drawing

    private static String page() {
        return """
                # The life of a VEE

                Drawn from the table in `org.reservoir.veem.kept.Lifecycle` by its test; do not edit.

                ```mermaid
                stateDiagram-v2
                    direction LR
                    [*] --> HELD: create, to wait for a release or a time
                    [*] --> PENDING: create
                    PENDING --> DEPLOYING: placed
                %s    TERMINATED --> [*]
                ```

                ## What is possible when

                | action | from | through | to |
                |---|---|---|---|
                %s
                Renaming, tags and notes, ownership and the wish to be rescheduled can be changed in every state but TERMINATED.

                ## What happens by itself

                | state | event | to |
                |---|---|---|
                | HELD | its start time comes | PENDING |
                | PENDING | the scheduler has a host for it | DEPLOYING |
                | DEPLOYING | the host failed | PENDING, to be tried on another host once nothing of it is left at the first; FAILED after the last |
                | any that passes | a job failed and left the guest as it was | the state before |
                | any that passes | a job failed and nobody knows how far it came | the same; the job is undone at the host, then the state before |
                | CHANGING | the guest does not let go of a disk, NIC, CPU or memory (`GUEST_KEEPS_DEVICE`) | the state before, with all that it had |
                | CHANGING | the guest runs, and can be changed so only when it is off (`NEEDS_POWER_OFF`) | the state before; nothing was changed |
                | UNDEPLOYING, TERMINATING | the host refuses | FAILED |
                | RUNNING, SUSPENDED | the host is silent for too long | UNKNOWN |
                | UNKNOWN | the host answers | what the host shows |
                | UNKNOWN | the host was fenced off and the site starts lost VEEs elsewhere | PENDING |
                | RUNNING, SUSPENDED, STOPPED, POWERED_OFF | the host shows another state | that state |
                | RUNNING, SUSPENDED | the guest crashed, or ended with its host | BOOTING, or POWERED_OFF, as the site is configured |
                | RUNNING, SUSPENDED, STOPPED, POWERED_OFF | the guest is gone from its host | FAILED |
                | RUNNING, SUSPENDED, STOPPED, POWERED_OFF | it is to be rescheduled, or its host to be emptied | MIGRATING |

                ## Getting a VEE going that is FAILED or stuck on its way

                | `recover` | does |
                |---|---|
                | `retry` | begins the job anew; a failed deployment on any host |
                | `undo` | does the job backward, so that nothing of it stays at the host, and returns to the state before; not for what cannot be brought back: a VEE being terminated, a disk that leaves or grows, a snapshot being deleted |
                | `force` | stops waiting for the host: UNKNOWN until the host's next census shows what the VEE is; TERMINATED when it was being terminated; what a census does not show (disks, also kept ones on their way to the host, NICs, snapshots) and migrations and undeployments are undone, or done to their end, at the host |
                """.formatted(edges(), rows());
    }

    private static String edges() {
        var edges = new LinkedHashMap<String, Set<String>>();
        for (var row : Lifecycle.TABLE) {
            for (var from : row.from()) {
                var through = row.job().map(Job::during).or(row::to).orElseThrow();
                edges.computeIfAbsent(from + " --> " + through, _ -> new TreeSet<>()).add(Lifecycle.verb(row.action()));
                row.job().ifPresent(job -> edges.computeIfAbsent(through + " --> " + job.after(from), _ -> new TreeSet<>()).add("done"));
            }
        }
        return edges.entrySet().stream().filter(edge -> !loop(edge.getKey())).map(edge -> "    %s: %s%n".formatted(edge.getKey(), String.join(", ", edge.getValue()))).collect(Collectors.joining());
    }

    private static boolean loop(String edge) {
        var ends = edge.split(" --> ");
        return ends[0].equals(ends[1]);
    }

    private static String rows() {
        Map<String, String> rows = new TreeMap<>();
        for (var row : Lifecycle.TABLE) {
            var to = row.to().map(VeeState::name).or(() -> row.job().map(job -> after(row.from(), job))).orElseThrow();
            var through = row.job().map(job -> "%s (`%s`)".formatted(job.during(), job.words())).orElse("");
            rows.merge("| `%s` | %s | %s | %s |%n".formatted(Lifecycle.verb(row.action()), names(row.from()), through, to), "", (a, _) -> a);
        }
        return String.join("", rows.keySet());
    }

    private static String after(Set<VeeState> from, Job job) {
        var ends = from.stream().map(job::after).collect(Collectors.toCollection(TreeSet::new));
        return ends.equals(new TreeSet<>(from)) && ends.size() > 1 ? "as before" : names(ends);
    }

    private static String names(Set<VeeState> states) {
        return new TreeSet<>(states).stream().map(VeeState::name).collect(Collectors.joining(", "));
    }
}
