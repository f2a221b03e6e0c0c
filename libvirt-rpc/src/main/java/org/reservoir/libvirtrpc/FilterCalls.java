package org.reservoir.libvirtrpc;

import static org.reservoir.libvirtrpc.LibvirtError.NO_NWFILTER;
import static org.reservoir.libvirtrpc.LibvirtError.NO_SUPPORT;
import static org.reservoir.libvirtrpc.Procedure.*;

import java.util.List;
import java.util.Set;

/** Network filters of one host, by name. */
public interface FilterCalls extends Caller {

    /** Names of all filters; none where libvirt was built or installed without them. */
    default List<String> filters() {
        return callUnless(Set.of(NO_SUPPORT), CONNECT_LIST_ALL_NWFILTERS, out -> out.number(1).number(0), in -> in.list(one -> one.named().name())).orElse(List.of());
    }

    default void defineFilter(String xml) {
        call(NWFILTER_DEFINE_XML, out -> out.text(xml));
    }

    /** Gone already is no failure; one that a guest uses is ({@link LibvirtError#OPERATION_INVALID}, told as {@link LibvirtError#RESOURCE_BUSY}). */
    default void undefineFilter(String name) {
        callUnless(Set.of(NO_NWFILTER), NWFILTER_LOOKUP_BY_NAME, out -> out.text(name), XdrReader::named).ifPresent(this::undefine);
    }

    private void undefine(Named filter) {
        if (ask(NWFILTER_UNDEFINE, out -> out.named(filter), _ -> true) instanceof Answer.Denied<Boolean>(var error)) {
            throw failure(error.code() == LibvirtError.OPERATION_INVALID
                    ? new LibvirtError(LibvirtError.RESOURCE_BUSY, error.area(), error.getMessage()) : error);
        }
    }
}
