package org.reservoir.veeh.libvirt;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.libvirtrpc.LibvirtError;
import org.reservoir.libvirtrpc.LibvirtFailure;

/** Says in our words why libvirt did not do something. Every failure of a call to a libvirtd passes here. */
final class Failures {
    private Failures() {}

    static HostFailure told(LibvirtFailure failure) {
        return new HostFailure(kind(failure), failure.getMessage(), failure);
    }

    private static Kind kind(LibvirtFailure failure) {
        return switch (failure) {
            case LibvirtFailure.BadAddress _ -> Kind.REFUSED;
            case LibvirtFailure.Denied _ -> Kind.NOT_LET_IN;
            case LibvirtFailure.Unreachable _, LibvirtFailure.ConnectionLost _ -> Kind.UNREACHABLE;
            case LibvirtFailure.CallTimedOut _ -> Kind.TIMED_OUT;
            case LibvirtError error -> kind(error);
        };
    }

    private static Kind kind(LibvirtError error) {
        if (error.tellsOfNoAnswer()) {
            return Kind.UNREACHABLE;
        }
        var words = String.valueOf(error.getMessage());
        if (words.contains("No space left") || words.contains("Cannot allocate memory") || words.contains("annot set up guest memory")) {
            return Kind.NO_ROOM;
        }
        return switch (error.code()) {
            case LibvirtError.NO_MEMORY -> Kind.NO_ROOM;
            case LibvirtError.NO_DOMAIN -> Kind.NO_SUCH_GUEST;
            case LibvirtError.NO_SUPPORT, LibvirtError.OPERATION_INVALID, LibvirtError.CONFIG_UNSUPPORTED, LibvirtError.ARGUMENT_UNSUPPORTED,
                    LibvirtError.OPERATION_UNSUPPORTED -> Kind.UNSUPPORTED;
            // a network, filter or pool that is missing was taken away while its guest was on its way, and is made again
            case LibvirtError.OPERATION_TIMEOUT, LibvirtError.RESOURCE_BUSY, LibvirtError.NO_NETWORK, LibvirtError.NO_NWFILTER, LibvirtError.NO_STORAGE_POOL -> Kind.BUSY;
            default -> Kind.REFUSED;
        };
    }
}
