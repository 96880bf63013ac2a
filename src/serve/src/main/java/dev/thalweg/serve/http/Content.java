package dev.thalweg.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Bodies of answers. */
final class Content {
    private Content() {}

    /** {@return whether a body is wanted: who asks by HEAD wants to know all but that (RFC 9110, section 9.3.2)} */
    static boolean isWanted(ServerRequest request) {
        return !request.prologue().method().equals(Method.HEAD);
    }

    static void send(ServerRequest request, ServerResponse response, String type, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, type);
        if (isWanted(request)) {
            response.send(body);
        } else {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            sendNone(request, response);
        }
    }

    /** Sends an answer without a body. */
    static void sendNone(ServerRequest request, ServerResponse response) {
        response.send();
        // After such an answer Helidon goes on with connections that either side has said the end of.
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)
                || response.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("the last answer of this connection is sent");
        }
    }
}
