package org.reservoir.veem.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.VeeRecord;

class CreationsTest {
    private static final Caller ANNA = caller(2);
    private static final Caller BERT = caller(3);

    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService callers = Executors.newThreadPerTaskExecutor(work -> {
        var thread = Thread.ofVirtual().unstarted(work);
        threads.add(thread);
        return thread;
    });
    private final AtomicInteger ids = new AtomicInteger();
    private final List<List<String>> transactions = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void end() {
        callers.shutdownNow();
    }

    @Test
    void whatArrivesWhileOthersAreBeingWrittenIsWrittenTogether() throws Exception {
        var creations = new Creations(this::slowly);
        var first = asManyAsWriteAtOnce(creations);
        var later = IntStream.range(0, 20).mapToObj(i -> order(creations, ANNA, "later" + i)).toList();
        allWait();
        go.countDown();
        for (var one : later) {
            assertThat(one.get(10, TimeUnit.SECONDS)).hasSize(1);
        }
        assertThat(names(first.getFirst())).isEqualTo("first");
        for (int i = 0; i < 20; i++) {
            assertThat(names(later.get(i))).isEqualTo("later" + i);
        }
        assertThat(transactions).hasSizeLessThan(2 + 20 / 2);
    }

    @Test
    void aWrongOrderAmongOthersSpoilsNoneOfThem() throws Exception {
        var creations = new Creations((caller, specs, disks) -> {
            slowly(caller, specs, disks);
            if (specs.stream().anyMatch(spec -> spec.name().startsWith("taken"))) {
                throw Refused.conflict("VEE_NAME_TAKEN", "There is one already.", "");
            }
            return made(caller, specs);
        });
        var first = asManyAsWriteAtOnce(creations);
        var good = List.of(order(creations, ANNA, "good1"), order(creations, ANNA, "good2", "good3"));
        var wrong = order(creations, ANNA, "taken");
        allWait();
        go.countDown();
        assertThat(names(first.getLast())).isEqualTo("second");
        assertThat(names(good.getFirst())).isEqualTo("good1");
        assertThat(names(good.getLast())).isEqualTo("good2 good3");
        assertThatThrownBy(() -> wrong.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class).cause().isInstanceOf(Refused.class).hasMessage("There is one already.");
    }

    @Test
    void whatMayHoldThoughTheDatabaseWentAwayIsNotWrittenAgain() throws Exception {
        var creations = new Creations((caller, specs, disks) -> {
            slowly(caller, specs, disks);
            throw Refused.unavailable("DATABASE_COMMIT_UNKNOWN", "The connection broke.", "");
        });
        var all = new ArrayList<>(asManyAsWriteAtOnce(creations));
        all.addAll(List.of(order(creations, ANNA, "c"), order(creations, ANNA, "d")));
        allWait();
        go.countDown();
        for (var one : all) {
            assertThatThrownBy(() -> one.get(10, TimeUnit.SECONDS)).cause().hasMessage("The connection broke.");
        }
        assertThat(transactions.stream().flatMap(List::stream)).containsExactlyInAnyOrder("first", "second", "c", "d");
    }

    @Test
    void ordersOfDifferentCallersOfOneNameAndLargeOnesAreWrittenApart() throws Exception {
        var creations = new Creations(this::slowly);
        var first = asManyAsWriteAtOnce(creations);
        var later = List.of(order(creations, ANNA, "x"), order(creations, BERT, "y"), order(creations, ANNA, "x"));
        var large = order(creations, ANNA, IntStream.range(0, 100).mapToObj(i -> "large" + i).toArray(String[]::new));
        eventually(3); // the large one waits for nobody
        go.countDown();
        for (var one : List.of(first.getFirst(), first.getLast(), later.get(0), later.get(1), later.get(2), large)) {
            assertThat(one.get(10, TimeUnit.SECONDS)).isNotEmpty();
        }
        assertThat(transactions).contains(List.of("x"), List.of("y")).hasSize(6);
    }

    @Test
    void whateverComesTogetherEachGetsWhatItAskedForOnce() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            var dice = new Random(seed);
            transactions.clear();
            var creations = new Creations((caller, specs, disks) -> {
                transactions.add(specs.stream().map(VeeSpec::name).toList());
                Thread.yield();
                return made(caller, specs);
            });
            var orders = IntStream.range(0, 200).mapToObj(i -> IntStream.rangeClosed(0, dice.nextInt(40)).mapToObj(k -> "v" + i + "-" + k).toArray(String[]::new)).toList();
            var answers = orders.stream().map(names -> order(creations, dice.nextBoolean() ? ANNA : BERT, names)).toList();
            for (int i = 0; i < orders.size(); i++) {
                assertThat(names(answers.get(i))).isEqualTo(String.join(" ", orders.get(i)));
            }
            assertThat(transactions.stream().flatMap(List::stream)).doesNotHaveDuplicates().hasSize(orders.stream().mapToInt(names -> names.length).sum());
            assertThat(transactions).allSatisfy(names -> assertThat(names).hasSizeLessThanOrEqualTo(256));
        }
    }

    /** One after the other, or the first would take the second along. */
    private List<Future<List<VeeRecord>>> asManyAsWriteAtOnce(Creations creations) throws InterruptedException {
        var first = order(creations, ANNA, "first");
        eventually(1);
        var second = order(creations, ANNA, "second");
        eventually(2);
        return List.of(first, second);
    }

    private Future<List<VeeRecord>> order(Creations creations, Caller caller, String... names) {
        var began = new CompletableFuture<Boolean>();
        var answer = callers.submit(() -> {
            began.complete(true);
            return creations.create(caller, List.of(names).stream().map(name -> VeeSpec.of(name, 1, DataSize.mebibytes(64))).toList(), Collections.nCopies(names.length, List.<Parts.DiskPart>of()));
        });
        began.join();
        return answer;
    }

    private List<VeeRecord> slowly(Caller caller, List<VeeSpec> specs, List<List<Parts.DiskPart>> disks) {
        assertThat(disks).hasSameSizeAs(specs);
        transactions.add(specs.stream().map(VeeSpec::name).toList());
        try {
            assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return made(caller, specs);
    }

    private List<VeeRecord> made(Caller caller, List<VeeSpec> specs) {
        return specs.stream().map(spec -> new VeeRecord(new VeeId(ids.incrementAndGet()), Ownership.privateTo(caller), VeeState.PENDING, 1, Optional.empty(), Optional.empty(), false, false,
                spec, new Parts(List.of(), List.of(), List.of()), Optional.empty(), Optional.empty(), Instant.EPOCH, Instant.EPOCH)).toList();
    }

    private void eventually(int begun) throws InterruptedException {
        eventually("%d transactions begin".formatted(begun), () -> transactions.size() >= begun);
    }

    /** Those that write for leave to go on, the others for those. */
    private void allWait() throws InterruptedException {
        eventually("all callers wait", () -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
    }

    private static void eventually(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private static String names(Future<List<VeeRecord>> answer) throws Exception {
        return String.join(" ", answer.get(10, TimeUnit.SECONDS).stream().map(vee -> vee.spec().name()).toList());
    }

    private static Caller caller(long id) {
        return new Caller(new UserId(id), "user" + id, new GroupId(id), Set.of(new GroupId(id)), false);
    }
}
