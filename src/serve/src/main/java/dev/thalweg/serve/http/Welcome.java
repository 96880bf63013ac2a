package dev.thalweg.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Turns away what no handler should meet, and tells clients when their connection ends.
 *
 * @param isReady whether requests are welcome: while it is not, each answer closes its connection
 */
record Welcome(BooleanSupplier isReady) implements Filter {
    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        Method method = request.prologue().method();
        response.beforeSend(() -> {
            if (!isReady.getAsBoolean()) {
                response.header(HeaderValues.CONNECTION_CLOSE);
            }
        });
        // A body that nobody asked for is no part of what follows.
        if (!method.equals(Method.POST) && request.content().hasEntity()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        if (request.headers().contains(HeaderNames.TRANSFER_ENCODING)) {
            // A chunk is held as a whole before it can be measured.
            response.status(Status.LENGTH_REQUIRED_411).header(HeaderValues.CONNECTION_CLOSE);
            Json.send(request, response, Map.of("error", "expected a Content-Length, got a body in chunks"));
        } else {
            chain.proceed();
        }
    }
}
