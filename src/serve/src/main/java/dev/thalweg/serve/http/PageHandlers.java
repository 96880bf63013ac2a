package dev.thalweg.serve.http;

import dev.thalweg.serve.models.ModelVersion;
import dev.thalweg.serve.models.ServedModel;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What people look at: the page to try a model on, its card and its report, and the description of the interface.
 *
 * @param models that are served
 */
record PageHandlers(Models models) {
    private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
    private static final HeaderName NO_SNIFFING = HeaderNames.create("X-Content-Type-Options");
    /** The page asks this server alone. */
    private static final String OF_PAGE =
            "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; frame-ancestors 'none'";
    /** A report is a file that somebody wrote: it may show pictures, and do nothing. */
    private static final String OF_REPORT = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

    void addTo(Paths paths) {
        paths.get("/", resource("page/index.html", "text/html; charset=UTF-8"))
                .get("/page.js", resource("page/page.js", "text/javascript; charset=UTF-8"))
                .get("/page.css", resource("page/page.css", "text/css; charset=UTF-8"))
                .get("/openapi.json", resource("openapi.json", "application/json"))
                .get("/models/{model}/card", this::card)
                .get("/models/{model}/report", this::report);
    }

    private static Handler resource(String name, String type) {
        byte[] content = read(name);
        return (request, response) ->
                Content.send(request, response.header(POLICY, OF_PAGE).header(NO_SNIFFING, "nosniff"), type, content);
    }

    private static byte[] read(String name) {
        try (InputStream in = PageHandlers.class.getResourceAsStream("/dev/thalweg/serve/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void card(ServerRequest request, ServerResponse response) throws HttpProblem {
        ServedModel model = models.ofPath(request);
        ModelVersion version = model.current();
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("name", model.name());
        card.put("version", version.version());
        card.put("platform", version.platform());
        card.put("pictures", version.network().pictures().shape().toArray());
        card.put("names", version.targets().names());
        card.put("summary", version.summary());
        card.put("report", version.report().isPresent());
        Json.send(request, response, card);
    }

    private void report(ServerRequest request, ServerResponse response) throws HttpProblem, IOException {
        ServedModel model = models.ofPath(request);
        Path report = model.current()
                .report()
                .orElseThrow(
                        () -> new HttpProblem(Status.NOT_FOUND_404, "no report lies beside the model " + model.name()));
        try (InputStream in = Files.newInputStream(report)) {
            response.header(POLICY, OF_REPORT)
                    .header(NO_SNIFFING, "nosniff")
                    .header(HeaderNames.CONTENT_TYPE, "text/html; charset=UTF-8");
            if (!Content.isWanted(request)) {
                response.send();
                Content.sent(request, response);
                return;
            }
            // Piece by piece: whoever reads slowly holds no more of it.
            try (OutputStream out = response.outputStream()) {
                in.transferTo(out);
            }
            Content.sent(request, response);
        } catch (NoSuchFileException e) {
            throw new HttpProblem(Status.NOT_FOUND_404, "the report is no longer there");
        }
    }
}
