package org.reservoir.interfaces.vhi;

import java.io.IOException;
import java.io.OutputStream;

/** Where bytes go; opened once per try, each try from the start. */
@FunctionalInterface
public interface ByteSink {
    OutputStream open() throws IOException;
}
