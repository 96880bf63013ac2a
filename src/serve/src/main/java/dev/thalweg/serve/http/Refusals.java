package dev.thalweg.serve.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.util.Map;

/** What is no request never comes to a handler: it is refused in the same words. */
public final class Refusals implements DirectHandler {
    /** Of what Helidon gives no reason for. */
    private static final Map<Integer, String> REASONS = Map.of(
            400, "expected a request of HTTP/1.1 (RFC 9112): an address, Host, one Content-Length, no Content-Encoding",
            413, "expected a smaller body",
            414, "expected a shorter address",
            431, "expected fewer and shorter headers",
            505, "expected HTTP/1.1");

    private Refusals() {}

    /** {@return handlers that tell what is wrong in JSON} */
    public static DirectHandlers inJson() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType kind : EventType.values()) {
            handlers.addHandler(kind, new Refusals());
        }
        return handlers.build();
    }

    @Override
    public TransportResponse handle(
            TransportRequest request, EventType kind, Status status, ServerResponseHeaders headers, String message) {
        headers.set(HeaderNames.CONTENT_TYPE, "application/json");
        // What our handlers throw comes to none of these: it is before a handler is found that a request breaks off.
        boolean isBrokenOff = kind == EventType.INTERNAL_ERROR;
        String reason = message == null || message.isEmpty()
                ? REASONS.getOrDefault(status.code(), status.reasonPhrase())
                : message;
        return TransportResponse.builder()
                .status(isBrokenOff ? Status.BAD_REQUEST_400 : status)
                .headers(headers)
                .entity(Json.bytes(Map.of("error", isBrokenOff ? "the request breaks off in its headers" : reason)))
                .keepAlive(false)
                .build();
    }
}
