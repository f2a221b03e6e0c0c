package org.reservoir.placement.roadef;

import java.util.Arrays;
import org.reservoir.kernel.Refused;

/**
 * A machine reassignment problem as the statement's section 2.1 writes it: whitespace-separated non-negative integers.
 * Arrays are flat: machine m, resource r is at {@code m * resources + r}.
 */
public final class Instance {
    final int resources;
    final int machines;
    final int services;
    final int processes;
    final int locations;
    final int neighbourhoods;
    final boolean[] isTransient;
    final long[] loadWeight;
    final int[] neighbourhood;
    final int[] location;
    final long[] capacity;
    final long[] safety;
    final int[] machineMoveCost;
    final int[] spreadMin;
    /** Of each service, those it depends on. */
    final int[][] dependencies;
    final int[] service;
    final long[] requirement;
    final long[] processMoveCost;
    final int balances;
    final int[] balanceOf;
    final int[] balanceBy;
    final long[] balanceTarget;
    final long[] balanceWeight;
    final long processMoveWeight;
    final long serviceMoveWeight;
    final long machineMoveWeight;

    private Instance(Numbers in) {
        resources = in.size("resources", 20);
        isTransient = new boolean[resources];
        loadWeight = new long[resources];
        for (int r = 0; r < resources; r++) {
            isTransient[r] = in.below(2, "transient") == 1;
            loadWeight[r] = in.next();
        }
        machines = in.size("machines", 5000);
        neighbourhood = new int[machines];
        location = new int[machines];
        capacity = new long[machines * resources];
        safety = new long[machines * resources];
        machineMoveCost = new int[machines * machines];
        for (int m = 0; m < machines; m++) {
            neighbourhood[m] = in.below(1000, "neighbourhood");
            location[m] = in.below(1000, "location");
            in.fill(capacity, m * resources, resources);
            in.fill(safety, m * resources, resources);
            for (int to = 0; to < machines; to++) {
                machineMoveCost[m * machines + to] = (int) in.next();
            }
        }
        neighbourhoods = largest(neighbourhood) + 1;
        locations = largest(location) + 1;
        services = in.size("services", 50_000);
        spreadMin = new int[services];
        dependencies = new int[services][];
        for (int s = 0; s < services; s++) {
            spreadMin[s] = (int) in.next();
            dependencies[s] = new int[in.below(5001, "number of dependencies")];
            for (int d = 0; d < dependencies[s].length; d++) {
                dependencies[s][d] = in.below(services, "service");
            }
        }
        processes = in.size("processes", 50_000);
        service = new int[processes];
        requirement = new long[processes * resources];
        processMoveCost = new long[processes];
        for (int p = 0; p < processes; p++) {
            service[p] = in.below(services, "service");
            in.fill(requirement, p * resources, resources);
            processMoveCost[p] = in.next();
        }
        balances = in.below(11, "number of balance costs");
        balanceOf = new int[balances];
        balanceBy = new int[balances];
        balanceTarget = new long[balances];
        balanceWeight = new long[balances];
        for (int b = 0; b < balances; b++) {
            balanceOf[b] = in.below(resources, "resource");
            balanceBy[b] = in.below(resources, "resource");
            balanceTarget[b] = in.next();
            balanceWeight[b] = in.next();
        }
        processMoveWeight = in.next();
        serviceMoveWeight = in.next();
        machineMoveWeight = in.next();
        in.end();
    }

    /** @throws Refused {@code BAD_INSTANCE} with the position of the number that is wrong */
    public static Instance parse(String model) {
        return new Instance(new Numbers(model));
    }

    /**
     * An assignment: the machine of each process.
     *
     * @throws Refused {@code BAD_INSTANCE} when it has not one machine of this instance for each process
     */
    public int[] assignment(String text) {
        var in = new Numbers(text);
        var machineOf = new int[processes];
        for (int p = 0; p < processes; p++) {
            machineOf[p] = in.below(machines, "machine");
        }
        in.end();
        return machineOf;
    }

    public int processes() {
        return processes;
    }

    public int machines() {
        return machines;
    }

    /**
     * No assignment costs less: loads and balances are convex, so that spreading everything over one large machine is
     * never dearer.
     */
    public long lowerBound() {
        long bound = 0;
        var used = new long[resources];
        var room = new long[resources];
        var safe = new long[resources];
        for (int i = 0; i < requirement.length; i++) {
            used[i % resources] += requirement[i];
        }
        for (int i = 0; i < capacity.length; i++) {
            room[i % resources] += capacity[i];
            safe[i % resources] += safety[i];
        }
        for (int r = 0; r < resources; r++) {
            bound += loadWeight[r] * Math.max(0, used[r] - safe[r]);
        }
        for (int b = 0; b < balances; b++) {
            int of = balanceOf[b];
            int by = balanceBy[b];
            bound += balanceWeight[b] * Math.max(0, balanceTarget[b] * (room[of] - used[of]) - (room[by] - used[by]));
        }
        return bound;
    }

    /** Whether processes that leave still take something where they were. */
    boolean lingers() {
        for (boolean lingering : isTransient) {
            if (lingering) {
                return true;
            }
        }
        return false;
    }

    /** What it costs on average that a process is elsewhere, but for its service's part. */
    double usualMove() {
        double process = Arrays.stream(processMoveCost).average().orElseThrow();
        double machine = Arrays.stream(machineMoveCost).average().orElseThrow();
        return processMoveWeight * process + machineMoveWeight * machine;
    }

    /** The processes of each service. */
    int[][] members() {
        var count = new int[services];
        for (int s : service) {
            count[s]++;
        }
        var members = new int[services][];
        for (int p = processes - 1; p >= 0; p--) {
            int s = service[p];
            members[s] = members[s] == null ? new int[count[s]] : members[s];
            members[s][--count[s]] = p;
        }
        return members;
    }

    /** How large each process is: its part of all there is, summed over resources. */
    double[] shares() {
        var room = new double[resources];
        for (int i = 0; i < capacity.length; i++) {
            room[i % resources] += capacity[i];
        }
        var shares = new double[processes];
        for (int i = 0; i < requirement.length; i++) {
            shares[i / resources] += requirement[i] / Math.max(1, room[i % resources]);
        }
        return shares;
    }

    private static int largest(int[] numbers) {
        int largest = 0;
        for (int number : numbers) {
            largest = Math.max(largest, number);
        }
        return largest;
    }

    /** Reads non-negative integers of at most 32 bits. */
    private static final class Numbers {
        private final String text;
        private int at;
        private int read;

        Numbers(String text) {
            this.text = text;
        }

        private boolean more() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at < text.length();
        }

        long next() {
            if (!more()) {
                throw wrong("the file ends after %d numbers".formatted(read));
            }
            long number = 0;
            int start = at;
            for (; at < text.length() && !Character.isWhitespace(text.charAt(at)); at++) {
                int digit = text.charAt(at) - '0';
                number = 10 * number + digit;
                if (digit < 0 || digit > 9 || at - start > 9) {
                    throw wrong("'%s' is no number of this format".formatted(text.substring(start, Math.min(at + 1, text.length()))));
                }
            }
            read++;
            return number;
        }

        int below(int limit, String what) {
            long number = next();
            if (number >= limit) {
                throw wrong("number %d: %d is no %s, it must be below %d".formatted(read, number, what, limit));
            }
            return (int) number;
        }

        int size(String what, int most) {
            long number = next();
            if (number < 1 || number > most) {
                throw wrong("number %d: %d %s, there may be 1 to %d".formatted(read, number, what, most));
            }
            return (int) number;
        }

        void fill(long[] target, int from, int count) {
            for (int i = 0; i < count; i++) {
                target[from + i] = next();
            }
        }

        void end() {
            if (more()) {
                throw wrong("there is more after the last number (%d)".formatted(read));
            }
        }

        private static Refused wrong(String what) {
            return Refused.invalid("BAD_INSTANCE", "Not an instance or assignment of the ROADEF/EURO challenge 2012: %s.".formatted(what), "");
        }
    }
}
