package dev.thalweg.serve.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.UUID;
import java.util.regex.Pattern;

/** Has each request known by a name: the client's, or one of ours. */
final class RequestId {
    private static final HeaderName HEADER = HeaderNames.create("X-Request-Id");
    private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

    private RequestId() {}

    /** Chooses it, and tells the client. */
    static void give(ServerRequest request, ServerResponse response) {
        String id = request.headers()
                .first(HEADER)
                .filter(given -> ACCEPTED.matcher(given).matches())
                .orElseGet(() -> UUID.randomUUID().toString());
        request.context().register(RequestId.class, id);
        response.header(HEADER, id);
    }

    static String of(ServerRequest request) {
        return request.context().get(RequestId.class, String.class).orElse("-");
    }
}
