package org.reservoir.placement.roadef;

import java.util.Arrays;
import org.reservoir.kernel.Refused;

/**
 * A machine reassignment problem as the statement's section 2.1 writes it: whitespace-separated non-negative integers.
 * Arrays are flat: machine m, resource r is at {@code m * resources + r}.
 */
public final class Instance {
    /** Costs are summed in 64 bits; what stays below this keeps well clear of their end. */
    private static final double MOST = 1e17;
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
        resources = in.size("the number of resources", 20);
        isTransient = new boolean[resources];
        loadWeight = new long[resources];
        for (int r = 0; r < resources; r++) {
            isTransient[r] = in.below(2, "whether a resource is transient") == 1;
            loadWeight[r] = in.next("the weight of a load cost");
        }
        machines = in.size("the number of machines", 5000);
        neighbourhood = new int[machines];
        location = new int[machines];
        capacity = new long[machines * resources];
        safety = new long[machines * resources];
        machineMoveCost = new int[machines * machines];
        for (int m = 0; m < machines; m++) {
            neighbourhood[m] = in.below(1000, "the neighbourhood of a machine");
            location[m] = in.below(1000, "the location of a machine");
            in.fill(capacity, m * resources, resources, "the capacity of a machine");
            in.fill(safety, m * resources, resources, "the safety capacity of a machine");
            for (int to = 0; to < machines; to++) {
                machineMoveCost[m * machines + to] = in.next("the cost of a move between machines");
            }
        }
        neighbourhoods = largest(neighbourhood) + 1;
        locations = largest(location) + 1;
        services = in.size("the number of services", 50_000);
        spreadMin = new int[services];
        dependencies = new int[services][];
        for (int s = 0; s < services; s++) {
            spreadMin[s] = in.next("the spread of a service");
            dependencies[s] = new int[in.below(5001, "the number of dependencies of a service")];
            for (int d = 0; d < dependencies[s].length; d++) {
                dependencies[s][d] = in.below(services, "a service that another depends on");
            }
        }
        processes = in.size("the number of processes", 50_000);
        service = new int[processes];
        requirement = new long[processes * resources];
        processMoveCost = new long[processes];
        for (int p = 0; p < processes; p++) {
            service[p] = in.below(services, "the service of a process");
            in.fill(requirement, p * resources, resources, "the requirement of a process");
            processMoveCost[p] = in.next("the cost of moving a process");
        }
        balances = in.below(11, "the number of balance costs");
        balanceOf = new int[balances];
        balanceBy = new int[balances];
        balanceTarget = new long[balances];
        balanceWeight = new long[balances];
        for (int b = 0; b < balances; b++) {
            balanceOf[b] = in.below(resources, "the resource of a balance cost");
            balanceBy[b] = in.below(resources, "the resource of a balance cost");
            balanceTarget[b] = in.next("the target of a balance cost");
            balanceWeight[b] = in.next("the weight of a balance cost");
        }
        processMoveWeight = in.next("the weight of moving processes");
        serviceMoveWeight = in.next("the weight of moving services");
        machineMoveWeight = in.next("the weight of moves between machines");
        in.end();
        if (most() > MOST) {
            throw in.wrong("with weights and sizes like these a cost may be %.1e, it must be below %.1e".formatted(most(), MOST));
        }
    }

    /**
     * @param file the name of what the text was read from, for messages
     * @throws Refused {@code BAD_INSTANCE} with the line of the number that is wrong
     */
    public static Instance parse(String file, String text) {
        return new Instance(new Numbers(file, text));
    }

    /**
     * An assignment: the machine of each process.
     *
     * @param file the name of what the text was read from, for messages
     * @throws Refused {@code BAD_INSTANCE} when it has not one machine of this instance for each process
     */
    public int[] assignment(String file, String text) {
        var in = new Numbers(file, text);
        var machineOf = new int[processes];
        for (int p = 0; p < processes; p++) {
            machineOf[p] = in.below(machines, "the machine of a process");
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

    /** No assignment, feasible or not, costs more; roughly, where that is more than 64 bits hold. */
    private double most() {
        double most = processMoveWeight * Arrays.stream(processMoveCost).asDoubleStream().sum() + (double) serviceMoveWeight * processes
                + (double) machineMoveWeight * processes * largest(machineMoveCost);
        for (int i = 0; i < requirement.length; i++) {
            most += (double) loadWeight[i % resources] * requirement[i];
        }
        for (int b = 0; b < balances; b++) {
            double room = 0;
            for (int i = balanceOf[b]; i < capacity.length; i += resources) {
                room += capacity[i];
            }
            double used = 0;
            for (int i = balanceBy[b]; i < requirement.length; i += resources) {
                used += requirement[i];
            }
            most += balanceWeight[b] * (balanceTarget[b] * room + used);
        }
        return most;
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
}
