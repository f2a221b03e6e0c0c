package org.reservoir.interfaces.smi;

/**
 * Something about a manifest that its author should know.
 *
 * @param code   stable, such as {@code OVF_UNKNOWN_DISK}
 * @param path   the element: {@code Envelope/VirtualSystem[web]/VirtualHardwareSection}
 * @param line   in the document, 0 when unknown
 * @param advice what to do about it; may be empty
 */
public record Finding(Severity severity, String code, String message, String path, int line, String advice) {
    /** With an ERROR the manifest cannot be deployed. */
    public enum Severity { ERROR, WARNING, NOTE }
}
