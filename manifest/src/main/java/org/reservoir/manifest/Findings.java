package org.reservoir.manifest;

import java.util.ArrayList;
import java.util.List;

/** Collects what is noticed while a descriptor is read; bounded, so that a hostile document cannot make an endless report. */
final class Findings {
    private static final int MOST = 1_000;

    private final List<Finding> found = new ArrayList<>();

    void error(String code, Element at, String path, String message, String advice) {
        add(new Finding(Finding.Severity.ERROR, code, message, path, at.line(), advice));
    }

    void warning(String code, Element at, String path, String message, String advice) {
        add(new Finding(Finding.Severity.WARNING, code, message, path, at.line(), advice));
    }

    void note(String code, Element at, String path, String message) {
        add(new Finding(Finding.Severity.NOTE, code, message, path, at.line(), ""));
    }

    void add(Finding finding) {
        if (found.size() < MOST) {
            found.add(finding);
        }
    }

    List<Finding> all() {
        return List.copyOf(found);
    }
}
