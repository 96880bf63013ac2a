package dev.thalweg.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.Stream;

/** Bodies of answers, and what follows the last one of a connection. */
final class Content {
    private Content() {}

    /** {@return whether a body is wanted: who asks by HEAD wants to know all but that (RFC 9110, section 9.3.2)} */
    static boolean isWanted(ServerRequest request) {
        return !request.prologue().method().equals(Method.HEAD);
    }

    static void send(ServerRequest request, ServerResponse response, String type, byte[] body) {
        response.header(HeaderNames.CONTENT_TYPE, type);
        if (!request.content().consumed()
                && !response.status().equals(Status.REQUEST_TIMEOUT_408)
                && isLast(request, response)) {
            skipBody(request);
        }
        if (isWanted(request)) {
            response.send(body);
        } else {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length))
                    .send();
        }
        sent(request, response);
    }

    /**
     * An answer is sent, of whatever kind. If client or server said that it is the last one, nothing that comes after
     * it is looked at, and the connection is closed (RFC 9112, section 9.6), which Helidon does not do by itself.
     *
     * @throws CloseConnectionException if it is the last
     */
    static void sent(ServerRequest request, ServerResponse response) {
        if (isLast(request, response)) {
            throw new CloseConnectionException("the last answer of this connection is sent");
        }
    }

    /** {@return whether no other answer follows in the connection} */
    static boolean isLast(ServerRequest request, ServerResponse response) {
        return saysClose(request.headers()) || saysClose(response.headers());
    }

    private static boolean saysClose(Headers headers) {
        return headers.all(HeaderNames.CONNECTION, List::of).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .anyMatch(option -> option.strip().equalsIgnoreCase("close"));
    }

    /**
     * Reads what is left of a body before the last answer, for as long as a request has: a client that still sends when
     * its connection is closed may never see that answer. Chunks are not read, which are held as a whole, nor a body
     * for which the client waits to be asked.
     */
    private static void skipBody(ServerRequest request) {
        if (request.headers().contains(HeaderNames.TRANSFER_ENCODING)
                || request.headers().contains(HeaderNames.EXPECT)) {
            return;
        }
        try {
            request.content().inputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException | RuntimeException e) {
            // He has gone, was too slow, or sends more than anybody may: then he may miss the answer.
        }
    }
}
