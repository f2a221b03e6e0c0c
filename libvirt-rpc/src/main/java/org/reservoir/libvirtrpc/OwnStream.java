package org.reservoir.libvirtrpc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;

/** A stream that has a connection to itself and takes it along when it closes. */
record OwnStream(LibvirtConnection own, ByteStream stream) implements ByteStream {

    static OwnStream open(LibvirtConnection own, Function<LibvirtConnection, ByteStream> opening) {
        try {
            return new OwnStream(own, opening.apply(own));
        } catch (RuntimeException failure) {
            own.close();
            throw failure;
        }
    }

    @Override
    public InputStream in() {
        return new FilterInputStream(stream.in()) {
            @Override
            public void close() {
                OwnStream.this.close();
            }
        };
    }

    @Override
    public OutputStream out() {
        return stream.out();
    }

    @Override
    public void finish() throws IOException {
        stream.finish();
    }

    @Override
    public void close() {
        stream.close();
        own.close();
    }
}
