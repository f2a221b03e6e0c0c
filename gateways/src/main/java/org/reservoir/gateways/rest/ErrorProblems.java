package org.reservoir.gateways.rest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.reservoir.interfaces.Wire;

/** Tells as problem documents what the HTTP server itself refuses, before any route is found: malformed, oversize or smuggled requests. */
final class ErrorProblems extends ErrorHandler {
    private static final HttpField TYPE = new HttpField(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var status = request.getAttribute(ERROR_STATUS) instanceof Integer known ? known : 500;
        response.setStatus(status);
        response.getHeaders().put(TYPE);
        response.write(true, ByteBuffer.wrap(body(status)), callback);
        return true;
    }

    private static byte[] body(int status) {
        var problem = switch (status) {
            case 400, 405, 501 -> of(status, "BAD_HTTP", "This is no request that can be understood.");
            case 408 -> of(status, "TOO_SLOW", "The request did not arrive in time.");
            case 414 -> of(status, "URI_TOO_LONG", "The address is too long.");
            case 431 -> of(status, "HEAD_TOO_LARGE", "The head of the request is too large.");
            case 503 -> of(status, "STOPPING", "The site server stops.");
            case 505 -> of(status, "BAD_HTTP_VERSION", "Version 1.1 alone is spoken here.");
            default -> of(status, "HTTP_" + status, Problem.title(status) + ".");
        };
        return Wire.write(problem).getBytes(StandardCharsets.UTF_8);
    }

    private static Problem of(int status, String code, String detail) {
        return new Problem("urn:reservoir:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-'), Problem.title(status), status, detail, code, "", "");
    }
}
