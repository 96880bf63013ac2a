package dev.thalweg.serve.http;

import io.helidon.webserver.CloseConnectionException;

/** Nobody waits for an answer any more: none is sent. */
final class ClientGoneException extends CloseConnectionException {
    private static final long serialVersionUID = 1;

    ClientGoneException() {
        super("the client has gone");
    }
}
