package org.reservoir.cli;

/** Why a command ends without having done what it was to do, as its user is told it. */
final class Failure extends RuntimeException {

    /** What the process ends with. */
    enum Exit {
        /** Done. */ OK(0),
        /** The site refused or failed to do it, or it went wrong afterwards. */ REFUSED(1),
        /** The command line makes no sense. */ USAGE(2),
        /** No site answers. */ UNREACHABLE(3),
        /** What was named does not exist. */ NOT_FOUND(4),
        /** No token, a wrong one, or one that may not do this. */ NOT_ALLOWED(5),
        /** It was noted, but did not come to its end in the time given to --wait. */ TIMED_OUT(6);

        final int code;

        Exit(int code) {
            this.code = code;
        }
    }

    private final Exit exit;
    private final String code;
    private final String advice;

    Failure(Exit exit, String code, String message, String advice) {
        super(message);
        this.exit = exit;
        this.code = code;
        this.advice = advice;
    }

    static Failure usage(String message, String advice) {
        return new Failure(Exit.USAGE, "USAGE", message, advice);
    }

    Exit exit() {
        return exit;
    }

    String code() {
        return code;
    }

    String advice() {
        return advice;
    }
}
