package org.reservoir.manifest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What must hold of a manifest, as a list of invariants: pure judgements of a {@link Manifest}, each with its code, weight and advice.
 * What a site can do about it (images, quotas, addresses) is not judged here.
 */
public final class WellFormedness {
    /** One thing that must hold. @param violations where it does not; none when all is well */
    record Invariant(Finding.Severity severity, String code, String advice, Function<Manifest, Stream<Violation>> violations) {}

    record Violation(String path, int line, String message) {}

    private WellFormedness() {}

    static final List<Invariant> ALL = Stream.of(StructureInvariants.ALL, ElasticityInvariants.ALL).flatMap(List::stream).toList();

    /** What does not hold of {@code manifest}, invariant by invariant. */
    public static List<Finding> findings(Manifest manifest) {
        var findings = new Findings();
        for (var invariant : ALL) {
            invariant.violations().apply(manifest).forEach(v ->
                    findings.add(new Finding(invariant.severity(), invariant.code(), v.message(), v.path(), v.line(), invariant.advice())));
        }
        return findings.all();
    }

    /** Those that stand behind an equal one, by {@code key}. */
    static <T> List<T> repeated(List<T> items, Function<T, String> key) {
        var seen = new HashSet<String>();
        var repeated = new ArrayList<T>();
        for (var item : items) {
            if (!seen.add(key.apply(item))) {
                repeated.add(item);
            }
        }
        return repeated;
    }
}
