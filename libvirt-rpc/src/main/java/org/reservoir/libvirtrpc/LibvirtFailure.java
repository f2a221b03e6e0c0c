package org.reservoir.libvirtrpc;

/** Why a call did not succeed. {@link LibvirtError} is libvirtd's own word, the others are about the way to it. */
public abstract sealed class LibvirtFailure extends RuntimeException
        permits LibvirtError, LibvirtFailure.BadAddress, LibvirtFailure.Unreachable, LibvirtFailure.ConnectionLost, LibvirtFailure.CallTimedOut {

    LibvirtFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** The URI names no host in a way that is understood. */
    public static final class BadAddress extends LibvirtFailure {
        public BadAddress(String message) {
            super(message, null);
        }
    }

    /** No connection could be made. */
    public static sealed class Unreachable extends LibvirtFailure permits Denied {
        public Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Somebody answers there, and lets nobody in: it wants another proof of who asks, or has no such driver. To try again helps only when something was changed. */
    public static final class Denied extends Unreachable {
        public Denied(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The connection ended before the answer came: whether the call was carried out is not known. */
    public static final class ConnectionLost extends LibvirtFailure {
        public ConnectionLost(String message) {
            super(message, null);
        }
    }

    /** No answer by the call's deadline: it may still be carried out. The connection stays usable. */
    public static final class CallTimedOut extends LibvirtFailure {
        public CallTimedOut(String message) {
            super(message, null);
        }
    }
}
