package dev.thalweg.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Handlers by path and method. Another method at a path that is there is refused with those that it has. */
final class Paths {
    private final Map<String, Map<Method, Handler>> handlers = new LinkedHashMap<>();

    /** The handler is asked by HEAD, too, for the same answer without its body. */
    Paths get(String path, Handler handler) {
        return add(Method.GET, path, handler).add(Method.HEAD, path, handler);
    }

    Paths post(String path, Handler handler) {
        return add(Method.POST, path, handler);
    }

    private Paths add(Method method, String path, Handler handler) {
        handlers.computeIfAbsent(path, _ -> new LinkedHashMap<>()).put(method, handler);
        return this;
    }

    /** Has a server answer at all of them. */
    void addTo(HttpRouting.Builder routing) {
        handlers.forEach((path, methods) -> {
            methods.forEach((method, handler) -> routing.route(method, path, handler));
            String allowed = methods.keySet().stream().map(Method::text).collect(Collectors.joining(", "));
            routing.any(path, (_, _) -> {
                throw new HttpProblem(
                        Status.METHOD_NOT_ALLOWED_405,
                        "expected one of the methods " + allowed,
                        Optional.of(HeaderValues.create(HeaderNames.ALLOW, allowed)));
            });
        });
    }
}
