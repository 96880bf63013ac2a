package dev.thalweg.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the server says that it answers, which each answer is held against. */
final class ApiDescription {
    private static final String PLACE = "https://thalweg.example/openapi.json";
    private static final String JSON = "application/json";
    private static final String TEXT = read();
    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDialect(Dialects.getOpenApi30(), registry -> registry.schemas(Map.of(PLACE, TEXT)));
    private static final JsonNode PATHS = paths();

    private ApiDescription() {}

    private static String read() {
        try (InputStream file = InferenceServer.class.getResourceAsStream("openapi.json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode paths() {
        try {
            return new JsonMapper().readTree(TEXT).get("paths");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void check(HttpResponse<byte[]> answer) {
        problem(
                        answer.request().method(),
                        answer.request().uri().getPath(),
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(""),
                        new String(answer.body(), StandardCharsets.UTF_8))
                .ifPresent(problem -> {
                    throw new AssertionError(answer + " is not described: " + problem);
                });
    }

    /** Of a path and a method that are described, each status is, and JSON has the form that it says. */
    static Optional<String> problem(String method, String path, int status, String contentType, String body) {
        Optional<String> template = template(path);
        String operation = method.toLowerCase(Locale.ROOT);
        if (template.isEmpty() || !PATHS.get(template.get()).has(operation)) {
            return Optional.empty();
        }
        JsonNode described =
                PATHS.get(template.get()).get(operation).get("responses").path(Integer.toString(status));
        if (described.isMissingNode()) {
            return Optional.of("the status, of " + body);
        }
        if (!contentType.startsWith(JSON)) {
            return Optional.empty();
        }
        if (!described.path("content").has(JSON)) {
            return Optional.of("that it is JSON: " + body);
        }
        String schema = String.join("/", "#/paths", escaped(template.get()), operation, "responses") + '/' + status
                + "/content/" + escaped(JSON) + "/schema";
        List<?> errors = SCHEMAS.getSchema(SchemaLocation.of(PLACE + schema)).validate(body, InputFormat.JSON);
        return errors.isEmpty() ? Optional.empty() : Optional.of(errors + " in " + body);
    }

    private static Optional<String> template(String asked) {
        for (String template : (Iterable<String>) PATHS::fieldNames) {
            if (asked.matches(template.replaceAll("\\{\\w+\\}", "[^/]+"))) {
                return Optional.of(template);
            }
        }
        return Optional.empty();
    }

    /** As JSON pointers name what has a stroke. */
    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
