package dev.thalweg.serve.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.DirectHandlers;
import java.util.Map;

/** What is no request never comes to a handler: it is refused in the same words. */
public final class Refusals {
    private Refusals() {}

    /** {@return handlers that tell what is wrong in JSON} */
    public static DirectHandlers inJson() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType kind : DirectHandler.EventType.values()) {
            handlers.addHandler(kind, (_, _, status, headers, message) -> {
                headers.set(HeaderNames.CONTENT_TYPE, "application/json");
                return DirectHandler.TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .entity(Json.bytes(Map.of(
                                "error", message == null || message.isEmpty() ? status.reasonPhrase() : message)))
                        .keepAlive(false)
                        .build();
            });
        }
        return handlers.build();
    }
}
