package dev.thalweg.serve.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Answers in JSON. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String TYPE = "application/json";

    private Json() {}

    static void send(ServerRequest request, ServerResponse response, Object value) {
        send(request, response, bytes(value));
    }

    static void send(ServerRequest request, ServerResponse response, byte[] json) {
        Content.send(request, response, TYPE, json);
    }

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer of maps, lists, texts and numbers is JSON", e);
        }
    }
}
