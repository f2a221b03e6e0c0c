package org.reservoir.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Makes one order of nested ones: a collection of order 2 starts as a whole after what has order 1 beside it. Without nested
 * collections the orders stay as they were written.
 */
final class StartupOrders {
    private final List<Component> components = new ArrayList<>();
    private final List<int[]> levels = new ArrayList<>();

    /** @param outer the orders of the collections around the component, from the outermost in */
    void add(Component component, List<Integer> outer) {
        components.add(component);
        var path = new ArrayList<>(outer);
        path.add(component.startup().order());
        levels.add(path.stream().mapToInt(Integer::intValue).toArray());
    }

    List<Component> components() {
        // the outermost collection is one level, the component itself the next
        if (levels.stream().allMatch(path -> path.length <= 2)) {
            return components;
        }
        var ranks = new TreeSet<int[]>(Arrays::compare);
        ranks.addAll(levels);
        var flattened = new ArrayList<Component>();
        for (int i = 0; i < components.size(); i++) {
            flattened.add(components.get(i).ordered(ranks.headSet(levels.get(i)).size()));
        }
        return flattened;
    }
}
