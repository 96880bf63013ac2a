package dev.thalweg.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;

/**
 * Lets those in who know a secret (RFC 6750); whether the server lives and is ready, all may ask, and the page asks who
 * looks at it.
 *
 * @param token that they know
 */
record BearerToken(String token) implements Filter {
    private static final Set<String> OPEN = Set.of("/v2/health/live", "/v2/health/ready", "/", "/page.js", "/page.css");

    private static final String SCHEME = "Bearer ";

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (OPEN.contains(request.path().path()) || isKnown(request)) {
            chain.proceed();
        } else {
            response.status(Status.UNAUTHORIZED_401).header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
            response.header(HeaderValues.CONNECTION_CLOSE);
            Json.send(request, response, Map.of("error", "expected the server's token: Authorization: Bearer TOKEN"));
        }
    }

    /** Takes the same time whatever is wrong with the token. */
    private boolean isKnown(RoutingRequest request) {
        String given = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        return given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        given.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }
}
