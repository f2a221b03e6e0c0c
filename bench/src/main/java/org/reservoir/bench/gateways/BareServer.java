package org.reservoir.bench.gateways;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** The HTTP server that the gateway is built on, with nothing behind it: what no gateway can do better than. */
final class BareServer implements AutoCloseable {
    private final Server server = new Server(new VirtualThreadPool(1_000));
    private final ServerConnector connector = new ServerConnector(server);

    /** @param bytes how long its one answer is */
    BareServer(int bytes) throws Exception {
        var body = "x".repeat(bytes).getBytes(StandardCharsets.US_ASCII);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                response.write(true, ByteBuffer.wrap(body), callback);
                return true;
            }
        });
        server.start();
    }

    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws Exception {
        server.stop();
    }
}
