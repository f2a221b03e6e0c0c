package org.reservoir.kernel;

import java.util.Objects;

/**
 * A request that cannot be taken: the one exception for bad input and for wishes that the present state forbids.
 * It is thrown before anything was changed, says what is wrong, where, and what to do about it, and is mapped once
 * per protocol (REST: RFC 9457 problem documents; CLI: exit codes). A defect of Reservoir itself is never a refusal
 * but an {@link IllegalStateException}.
 */
public final class Refused extends RuntimeException {

    /** What sort of refusal this is; each protocol maps the kind to its own status. */
    public enum Kind {
        /** The request is malformed or asks for something that cannot be. */ INVALID,
        /** Nobody proved who is asking. */ UNAUTHENTICATED,
        /** The caller may not do this. */ FORBIDDEN,
        /** The thing named does not exist, or the caller may not know that it does. */ NOT_FOUND,
        /** The thing is in a state that does not allow this, or the name is taken. */ CONFLICT,
        /** A quota or a pool is used up. */ EXHAUSTED,
        /** The request is larger than the site takes. */ TOO_LARGE,
        /** Something the request needs cannot be reached now; the same request may pass later. */ UNAVAILABLE
    }

    private final Kind kind;
    private final String code;
    private final String advice;

    /**
     * @param kind    the sort of refusal
     * @param code    stable, upper case with underscores, such as {@code VEE_NAME_TAKEN}; part of the public interface
     * @param message what is wrong and where, with the values
     * @param advice  what to do about it; may be empty
     */
    public Refused(Kind kind, String code, String message, String advice) {
        super(Objects.requireNonNull(message, "message"));
        this.kind = Objects.requireNonNull(kind, "kind");
        this.code = Objects.requireNonNull(code, "code");
        this.advice = Objects.requireNonNull(advice, "advice");
    }

    public static Refused invalid(String code, String message, String advice) {
        return new Refused(Kind.INVALID, code, message, advice);
    }

    public static Refused notFound(String code, String message, String advice) {
        return new Refused(Kind.NOT_FOUND, code, message, advice);
    }

    public static Refused conflict(String code, String message, String advice) {
        return new Refused(Kind.CONFLICT, code, message, advice);
    }

    public static Refused forbidden(String code, String message, String advice) {
        return new Refused(Kind.FORBIDDEN, code, message, advice);
    }

    public static Refused exhausted(String code, String message, String advice) {
        return new Refused(Kind.EXHAUSTED, code, message, advice);
    }

    public static Refused unavailable(String code, String message, String advice) {
        return new Refused(Kind.UNAVAILABLE, code, message, advice);
    }

    public Kind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String advice() {
        return advice;
    }
}
