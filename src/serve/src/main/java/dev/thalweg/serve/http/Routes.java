package dev.thalweg.serve.http;

import dev.thalweg.serve.models.ServedModels;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Which handler answers what.
 *
 * @param models that are served
 * @param metrics of all
 * @param watchdog of connections
 * @param accessLog takes a line for each request
 * @param token that requests have to know, if there is one
 * @param largestBody in bytes
 * @param timeout of each request
 * @param isReady whether requests are welcome: while it is not, each answer closes its connection
 */
public record Routes(
        ServedModels models,
        ServerMetrics metrics,
        Watchdog watchdog,
        Consumer<String> accessLog,
        Optional<String> token,
        int largestBody,
        Duration timeout,
        BooleanSupplier isReady) {
    /** Of the heap, what bodies may hold at a time is one part of so many: as numbers they take several times that. */
    private static final int SHARE_OF_BODIES = 16;

    /** {@return all of them} */
    public HttpRouting.Builder routing() {
        Models found = new Models(models);
        Bodies bodies = new Bodies(largestBody, Runtime.getRuntime().maxMemory() / SHARE_OF_BODIES, timeout);
        Turns turns = new Turns();
        InferHandler infer = new InferHandler(found, bodies, timeout, turns);
        HttpRouting.Builder routing = HttpRouting.builder().addFilter(new Requests(metrics, watchdog, accessLog));
        routing.addFilter(new Welcome(isReady));
        token.ifPresent(secret -> routing.addFilter(new BearerToken(secret)));
        return routing.error(Throwable.class, Problems::tell)
                .post("/v2/models/{model}/infer", infer)
                .post("/v2/models/{model}/versions/{version}/infer", infer)
                .register("/v2", new MetadataHandlers(found, bodies, isReady))
                .post("/predict", new PredictHandler(found, bodies, timeout, turns))
                .get(
                        "/metrics",
                        (_, response) -> response.header(
                                        HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                                .send(metrics.text()))
                .register(new PageHandlers(found))
                .any((request, _) -> {
                    throw new HttpProblem(
                            Status.NOT_FOUND_404,
                            "there is nothing at this path for "
                                    + request.prologue().method().text());
                });
    }
}
