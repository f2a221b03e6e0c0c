package org.reservoir.monitoring.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Things by their numbers, in the order of these, which as a rule are given in rising order: of tens of thousands each costs eight bytes, where a
 * hash table with boxed numbers takes seventy. To take one out moves those behind it. Not for several threads.
 */
public final class Numbered<T> {
    private int[] numbers = new int[8];
    private final List<T> things = new ArrayList<>();

    public int size() {
        return things.size();
    }

    public void put(int number, T thing) {
        int place = place(number);
        if (place >= 0) {
            things.set(place, thing);
            return;
        }
        int count = things.size();
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, count + count / 2);
        }
        System.arraycopy(numbers, -place - 1, numbers, -place, count + place + 1);
        numbers[-place - 1] = number;
        things.add(-place - 1, thing);
    }

    public Optional<T> of(int number) {
        int place = place(number);
        return place < 0 ? Optional.empty() : Optional.of(things.get(place));
    }

    /** Gives what it was; empty when there is nothing of that number. */
    public Optional<T> remove(int number) {
        int place = place(number);
        if (place < 0) {
            return Optional.empty();
        }
        System.arraycopy(numbers, place + 1, numbers, place, things.size() - place - 1);
        return Optional.of(things.remove(place));
    }

    public void forEach(Consumer<T> visitor) {
        things.forEach(visitor);
    }

    /** All of them as they are now. */
    public List<T> all() {
        return List.copyOf(things);
    }

    /** The numbers that there are now. */
    public List<Integer> numbers() {
        return Arrays.stream(numbers, 0, things.size()).boxed().toList();
    }

    private int place(int number) {
        return Arrays.binarySearch(numbers, 0, things.size(), number);
    }
}
