package org.reservoir.libvirtrpc;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The one thing that all groups of procedures stand on: a call with its arguments written and its answer read. Open to programs that need
 * a procedure which no group has. Failures come as {@link LibvirtFailure}, unless {@link ConnectOptions#failures} gives them other words.
 */
public interface Caller {
    Consumer<XdrWriter> NOTHING = _ -> {};

    /** Asks, and hands libvirtd's refusal back as a value. @throws RuntimeException when the connection fails or the deadline passes */
    <T> Answer<T> ask(Procedure procedure, Consumer<XdrWriter> arguments, Function<XdrReader, T> result);

    /** Asks the same of several, all before the first answers; what came of each, in their order. */
    <T> List<Answer<T>> askAll(Procedure procedure, List<Consumer<XdrWriter>> arguments, Function<XdrReader, T> result);

    /** The exception for it. */
    RuntimeException failure(LibvirtFailure failure);

    /** Opens a stream on this connection. */
    ByteStream stream(Procedure procedure, Consumer<XdrWriter> arguments);

    /** A second connection to the same libvirtd, for bytes that must not hold up the calls on this one. Its owner closes it. */
    LibvirtConnection another();

    default <T> T call(Procedure procedure, Consumer<XdrWriter> arguments, Function<XdrReader, T> result) {
        return switch (ask(procedure, arguments, result)) {
            case Answer.Given<T>(var value) -> value;
            case Answer.Denied<T>(var error) -> throw failure(error);
        };
    }

    default void call(Procedure procedure, Consumer<XdrWriter> arguments) {
        call(procedure, arguments, _ -> true);
    }

    /** Empty when the answer is an error of one of these codes. */
    default <T> Optional<T> callUnless(Set<Integer> codes, Procedure procedure, Consumer<XdrWriter> arguments, Function<XdrReader, T> result) {
        return switch (ask(procedure, arguments, result)) {
            case Answer.Given<T>(var value) -> Optional.of(value);
            case Answer.Denied<T>(var error) when codes.contains(error.code()) -> Optional.empty();
            case Answer.Denied<T>(var error) -> throw failure(error);
        };
    }

    /** Content when the answer is an error of one of these codes: what was to be ended has ended. */
    default void end(Set<Integer> codes, Procedure procedure, Consumer<XdrWriter> arguments) {
        callUnless(codes, procedure, arguments, _ -> true);
    }
}
