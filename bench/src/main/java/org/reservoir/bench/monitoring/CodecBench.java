package org.reservoir.bench.monitoring;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.sun.management.ThreadMXBean;

import org.reservoir.bench.Report;

/**
 * {@code monitoring.codec}: writing and reading measurements of six attributes, beside OTLP and, when a path to its classes is
 * given, Lattice. All take turns; medians of rounds; processor time of one thread. Each reads every value of every measurement.
 */
public final class CodecBench {
    private static final int ROUNDS = 7;
    private static final long ROUND_NANOS = 500_000_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private record Round(double writePerSecond, double bothPerSecond, double bytes, double writeGarbage, double readGarbage) {}

    private static double kept;

    private CodecBench() {}

    /** @param arguments {@code --lattice CLASSPATH} */
    public static void run(List<String> arguments, Report report) throws ReflectiveOperationException {
        var codecs = new ArrayList<Codec>(List.of(Frames.datagrams(), Frames.differences(), Frames.named(), new Otlp()));
        var classes = new Options(arguments, "--lattice").text("--lattice");
        if (classes.isPresent()) {
            var lattice = new Lattice(classes.get());
            codecs.add(lattice);
            lattice.write(new Sample());
            report.figure("Lattice's measurements read by us, and by Lattice as we write them, of " + Sample.VEES, lattice.understood(), "");
        } else {
            report.progress("Lattice is measured too with --lattice CLASSPATH of its compiled classes");
        }
        var rounds = new ArrayList<List<Round>>();
        codecs.forEach(_ -> rounds.add(new ArrayList<>()));
        for (int round = 0; round <= ROUNDS; round++) {
            for (int i = 0; i < codecs.size(); i++) {
                var measured = measure(codecs.get(i));
                if (round > 0) { // the first is for the compiler
                    rounds.get(i).add(measured);
                }
            }
        }
        for (int i = 0; i < codecs.size(); i++) {
            tell(codecs.get(i).name(), rounds.get(i), report);
        }
    }

    private static Round measure(Codec codec) {
        long thread = Thread.currentThread().threadId();
        var sample = new Sample();
        long written = 0;
        long bytes = 0;
        long writing = 0;
        long reading = 0;
        long writeGarbage = 0;
        long readGarbage = 0;
        while (writing + reading < ROUND_NANOS) {
            sample.step();
            long garbage = THREADS.getThreadAllocatedBytes(thread);
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < 50; i++) {
                bytes += codec.write(sample);
            }
            long between = THREADS.getCurrentThreadCpuTime();
            long betweenGarbage = THREADS.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 50; i++) {
                kept += codec.read();
            }
            reading += THREADS.getCurrentThreadCpuTime() - between;
            readGarbage += THREADS.getThreadAllocatedBytes(thread) - betweenGarbage;
            writing += between - start;
            writeGarbage += betweenGarbage - garbage;
            written += 50 * Sample.VEES;
        }
        return new Round(written * 1e9 / writing, written * 1e9 / (writing + reading), (double) bytes / written, (double) writeGarbage / written, (double) readGarbage / written);
    }

    private static void tell(String name, List<Round> rounds, Report report) {
        report.figure(name + ": written and read", median(rounds.stream().mapToDouble(Round::bothPerSecond).toArray()) / 1e6, "M/CPU-s");
        report.figure(name + ": written", median(rounds.stream().mapToDouble(Round::writePerSecond).toArray()) / 1e6, "M/CPU-s");
        report.figure(name + ": size", median(rounds.stream().mapToDouble(Round::bytes).toArray()), "bytes");
        report.figure(name + ": garbage of writing", median(rounds.stream().mapToDouble(Round::writeGarbage).toArray()), "bytes");
        report.figure(name + ": garbage of reading", median(rounds.stream().mapToDouble(Round::readGarbage).toArray()), "bytes");
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
