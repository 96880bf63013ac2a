package dev.thalweg.serve.http;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What all requests pass: each gets a name, is counted, and told to the access log when it is answered.
 *
 * @param metrics counts them
 * @param watchdog is told that they are answered
 * @param ahead reads their connections on
 * @param accessLog takes lines of JSON
 */
record Requests(ServerMetrics metrics, Watchdog watchdog, ReadAhead ahead, Consumer<String> accessLog)
        implements Filter {
    /** Of no standard: what nginx writes into its log for a request whose client has gone. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long start = System.nanoTime();
        RequestId.give(request, response);
        response.whenSent(() -> {
            tell(request, response, response.status().code(), start);
            ahead.answered(() -> !Content.isLast(request, response));
        });
        try {
            chain.proceed();
        } catch (ClientGoneException e) {
            tell(request, response, CLIENT_CLOSED_REQUEST, start);
            throw e;
        }
    }

    private void tell(RoutingRequest request, RoutingResponse response, int status, long start) {
        watchdog.answered();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        String route =
                request.matchingPattern().filter(pattern -> !pattern.isEmpty()).orElse("none");
        metrics.answered(method(request), route, status, took);
        accessLog.accept(line(request, response, status, took));
    }

    /** The name of a method of HTTP; who invents others shall not have each of them counted. */
    private static String method(RoutingRequest request) {
        String method = request.prologue().method().text();
        return METHODS.contains(method) ? method : "OTHER";
    }

    private static String line(RoutingRequest request, RoutingResponse response, int status, Duration took) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", Instant.now().toString());
        line.put("id", RequestId.of(request));
        line.put("client", request.remotePeer().host());
        line.put("method", request.prologue().method().text());
        line.put("path", request.prologue().uriPath().rawPath());
        line.put("status", status);
        line.put("bytes", response.bytesWritten());
        line.put("milliseconds", took.toNanos() / 1_000_000.0);
        return new String(Json.bytes(line), StandardCharsets.UTF_8);
    }
}
