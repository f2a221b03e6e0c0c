package org.reservoir.veeh.libvirt;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;

/** What libvirtd answers instead of a result: its code (virErrorNumber) and words. Never leaves {@link RpcDaemon}. */
final class LibvirtError extends RuntimeException {
    static final int NO_SUPPORT = 3;
    static final int NO_DOMAIN = 42;
    static final int NO_NETWORK = 43;
    static final int NO_STORAGE_POOL = 49;
    static final int NO_STORAGE_VOL = 50;
    static final int OPERATION_INVALID = 55;
    static final int NO_NWFILTER = 62;
    static final int NO_DOMAIN_SNAPSHOT = 72;
    static final int NO_DOMAIN_METADATA = 80;
    static final int STORAGE_VOL_EXIST = 90;
    private static final int AGENT_UNRESPONSIVE = 86;
    private static final int AGENT_UNSYNCED = 97;

    private final int code;

    LibvirtError(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }

    boolean isSilentAgent() {
        return code == AGENT_UNRESPONSIVE || code == AGENT_UNSYNCED || code == OPERATION_INVALID || code == 74;
    }

    HostFailure failure() {
        return new HostFailure(kind(), getMessage(), this);
    }

    private Kind kind() {
        var words = String.valueOf(getMessage());
        if (words.contains("No space left") || words.contains("Cannot allocate memory") || words.contains("annot set up guest memory")) {
            return Kind.NO_ROOM;
        }
        return switch (code) {
            case 2 -> Kind.NO_ROOM;
            case NO_DOMAIN -> Kind.NO_SUCH_GUEST;
            case NO_SUPPORT, OPERATION_INVALID, 67, 74, 84 -> Kind.UNSUPPORTED;
            // a network or filter that is missing was taken away while its guest was on its way, and is made again
            case 68, 87, NO_NETWORK, NO_NWFILTER -> Kind.BUSY;
            default -> Kind.REFUSED;
        };
    }
}
